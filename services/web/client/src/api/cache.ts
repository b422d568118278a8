/** The one query cache: all state that the server owns lives in it. */
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.isAnswer),
    },
  },
});
