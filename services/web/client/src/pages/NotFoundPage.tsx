import { Button } from "@mantine/core";
import { Link } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { texts } from "../texts";

export function NotFoundPage() {
  return (
    <EmptyState isPage title={texts.notFound.title} text={texts.notFound.text}>
      <Button component={Link} to="/">
        {texts.notFound.action}
      </Button>
    </EmptyState>
  );
}
