/** A user's sessions and personal access tokens. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, take } from "./client";

const sessionsKey = ["sessions"] as const;
const tokensKey = ["tokens"] as const;

export function useSessions() {
  return useQuery({ queryKey: sessionsKey, queryFn: () => take(api.GET("/api/v0/auth/sessions")) });
}

export function useRevokeSession() {
  return useMutation({
    mutationFn: (session_id: string) =>
      done(api.DELETE("/api/v0/auth/sessions/{session_id}", { params: { path: { session_id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: sessionsKey }),
  });
}

export function useTokens() {
  return useQuery({ queryKey: tokensKey, queryFn: () => take(api.GET("/api/v0/tokens")) });
}

export function useCreateToken() {
  return useMutation({
    mutationFn: (name: string) => take(api.POST("/api/v0/tokens", { body: { name } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: tokensKey }),
  });
}

export function useRevokeToken() {
  return useMutation({
    mutationFn: (token_id: string) => done(api.DELETE("/api/v0/tokens/{token_id}", { params: { path: { token_id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: tokensKey }),
  });
}
