/** Asks for the next page of a long list. */
import { Button } from "@mantine/core";
import { texts } from "../texts";

type Props = { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } };

export function More({ query }: Props) {
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" mt={12} loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {texts.more}
    </Button>
  );
}
