/** The catalogue. */
import { useQuery } from "@tanstack/react-query";
import { api, take } from "./client";

export function useServices() {
  return useQuery({ queryKey: ["services"], queryFn: () => take(api.GET("/api/v0/services")), staleTime: 60_000 });
}

/** The images that are no services because of what they say about themselves. */
export function useBrokenServices() {
  return useQuery({ queryKey: ["services", "broken"], queryFn: () => take(api.GET("/api/v0/services/broken")) });
}
