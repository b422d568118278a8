import { Skeleton } from "@mantine/core";

export function ListSkeleton({ rows = 4, height = 56 }: { rows?: number; height?: number }) {
  return (
    <div aria-busy>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} mb={4} radius={6} />
      ))}
    </div>
  );
}
