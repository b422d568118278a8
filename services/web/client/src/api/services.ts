/** The catalogue. */
import { useQuery } from "@tanstack/react-query";
import { api, take } from "./client";
import type { Service } from "./types";

/** All services; one that was just published is asked for until the director has heard of it from the registry. */
export function useServices(awaited?: Pick<Service, "key" | "version">) {
  return useQuery({
    queryKey: ["services"],
    queryFn: () => take(api.GET("/api/v0/services")),
    staleTime: 60_000,
    refetchInterval: ({ state }) => (awaited && !state.data?.some((each) => each.key === awaited.key && each.version === awaited.version) ? 1_000 : false),
  });
}

/** The images that are no services because of what they say about themselves. */
export function useBrokenServices() {
  return useQuery({ queryKey: ["services", "broken"], queryFn: () => take(api.GET("/api/v0/services/broken")) });
}

/** What services can be published from. */
export function useSources() {
  return useQuery({ queryKey: ["services", "sources"], queryFn: () => take(api.GET("/api/v0/services/sources")) });
}
