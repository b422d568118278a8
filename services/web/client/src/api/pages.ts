/** Long lists come in pages, newest first; the next one begins before the last row that is known. */
export const PAGE = 50;

export function nextBefore<Row extends { id: unknown }>(page: Row[]): Row["id"] | undefined {
  return page.length < PAGE ? undefined : page.at(-1)?.id;
}
