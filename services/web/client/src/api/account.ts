/** One's own account, and the link with which somebody comes to one. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, sessionKey, take } from "./client";

export function useChangeName() {
  return useMutation({
    mutationFn: (name: string) => take(api.PATCH("/api/v0/auth/me", { body: { name } })),
    onSuccess: (session) => cache.setQueryData(sessionKey, session),
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { present: string; password: string }) => done(api.POST("/api/v0/auth/password", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["sessions"] }),
  });
}

/** Whom a link is for. Its secret goes in the body: no log on the way has it. */
export function useInvitation(token: string) {
  return useQuery({
    queryKey: ["invitation", token],
    queryFn: () => take(api.POST("/api/v0/auth/invitation", { body: { token } })),
    enabled: token !== "",
    staleTime: Infinity,
  });
}

export function useAcceptInvitation(token: string) {
  return useMutation({
    mutationFn: (said: { name: string; password: string }) =>
      take(api.POST("/api/v0/auth/invitation/accept", { body: { token, ...said } })),
    onSuccess: (session) => {
      cache.clear();
      cache.setQueryData(sessionKey, session);
    },
  });
}
