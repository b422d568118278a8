/** The hosts of the swarm, and the platform's own parts and deployments. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, take } from "./client";
import type { Availability } from "./types";

export function useHosts() {
  return useQuery({ queryKey: ["hosts"], queryFn: () => take(api.GET("/api/v0/hosts")), refetchInterval: 3_000 });
}

export function useHostImages() {
  return useQuery({ queryKey: ["host images"], queryFn: () => take(api.GET("/api/v0/hosts/images")), refetchInterval: 3_000 });
}

export function useChangeAvailability(host_id: string) {
  return useMutation({
    mutationFn: (availability: Availability) =>
      take(api.POST("/api/v0/hosts/{host_id}/availability", { params: { path: { host_id } }, body: { availability } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["hosts"] }),
  });
}

export function useParts() {
  return useQuery({ queryKey: ["parts"], queryFn: () => take(api.GET("/api/v0/parts")), refetchInterval: 10_000 });
}

export function useDeployments() {
  return useQuery({ queryKey: ["deployments"], queryFn: () => take(api.GET("/api/v0/deployments")), refetchInterval: 5_000 });
}

/** Something was deployed: what runs, and what can be gone back to, is read anew. */
export function forgetDeployments() {
  for (const name of ["parts", "deployments"]) void cache.invalidateQueries({ queryKey: [name] });
}
