import { Button, Group } from "@mantine/core";
import { useRouteError } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { Details } from "../components/Details";
import { texts } from "../texts";

/** Shown when a page's own code failed, or could not be loaded after an update. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <EmptyState isPage title={texts.errors.crashTitle} text={texts.errors.unexpected}>
      <Group gap={8} justify="center">
        <Button onClick={() => location.reload()}>{texts.errors.tryAgain}</Button>
        {/* A whole load, not a route: what crashed may be in memory still. */}
        <Button component="a" href="/" variant="default">
          {texts.notFound.action}
        </Button>
      </Group>
      <Details text={error instanceof Error ? (error.stack ?? error.message) : String(error)} />
    </EmptyState>
  );
}
