/** What jsdom lacks and Mantine asks for. */
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

window.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;

afterEach(cleanup);
