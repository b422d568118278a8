import { Button } from "@mantine/core";
import { useRouteError } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { Details } from "../components/Details";
import { texts } from "../texts";

/** Shown when a page's own code failed, or could not be loaded after an update. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <EmptyState isPage title={texts.product} text={texts.errors.unexpected}>
      <Button onClick={() => location.reload()}>{texts.errors.tryAgain}</Button>
      <Details text={error instanceof Error ? (error.stack ?? error.message) : String(error)} />
    </EmptyState>
  );
}
