/** Accounts, for administrators. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, take } from "./client";
import type { Account, UserChange, UserCreate } from "./types";

const usersKey = ["users"] as const;
const renew = () => cache.invalidateQueries({ queryKey: usersKey });
const of = (user_id: string) => ({ params: { path: { user_id } } });

export function useUsers() {
  return useQuery({ queryKey: usersKey, queryFn: () => take(api.GET("/api/v0/users")), refetchInterval: 30_000 });
}

/** One user: from the list at once where it is known, then as it is. */
export function useAccount(id: string) {
  return useQuery({
    queryKey: [...usersKey, id],
    queryFn: () => take(api.GET("/api/v0/users/{user_id}", of(id))),
    placeholderData: () => cache.getQueryData<Account[]>(usersKey)?.find((each) => each.id === id),
  });
}

/** A link to hand over, or a password that was made here: both are shown once. */
export function useAddUser() {
  return useMutation({
    mutationFn: async ({ byLink, ...body }: Omit<UserCreate, "password"> & { byLink: boolean }) =>
      byLink
        ? { link: await take(api.POST("/api/v0/users/invitations", { body })) }
        : { made: await take(api.POST("/api/v0/users", { body: { ...body, password: null } })) },
    onSuccess: renew,
  });
}

export function useChangeUser(id: string) {
  return useMutation({
    mutationFn: (body: UserChange) => take(api.PATCH("/api/v0/users/{user_id}", { ...of(id), body })),
    onSuccess: renew,
  });
}

export function useMakeLink(id: string) {
  return useMutation({ mutationFn: () => take(api.POST("/api/v0/users/{user_id}/invitation", of(id))), onSuccess: renew });
}

export function useWithdrawLink(id: string) {
  return useMutation({ mutationFn: () => done(api.DELETE("/api/v0/users/{user_id}/invitation", of(id))), onSettled: renew });
}

export function useUserSessions(id: string) {
  return useQuery({ queryKey: [...usersKey, id, "sessions"], queryFn: () => take(api.GET("/api/v0/users/{user_id}/sessions", of(id))) });
}

export function useUserTokens(id: string) {
  return useQuery({ queryKey: [...usersKey, id, "tokens"], queryFn: () => take(api.GET("/api/v0/users/{user_id}/tokens", of(id))) });
}

/** End one login of a user, or without its id all of them. */
export function useEndSession(user_id: string) {
  return useMutation({
    mutationFn: (session_id: string | null) =>
      session_id === null
        ? done(api.DELETE("/api/v0/users/{user_id}/sessions", of(user_id)))
        : done(api.DELETE("/api/v0/users/{user_id}/sessions/{session_id}", { params: { path: { user_id, session_id } } })),
    onSettled: renew,
  });
}

/** Revoke one token of a user, or without its id all of them. */
export function useEndToken(user_id: string) {
  return useMutation({
    mutationFn: (token_id: string | null) =>
      token_id === null
        ? done(api.DELETE("/api/v0/users/{user_id}/tokens", of(user_id)))
        : done(api.DELETE("/api/v0/users/{user_id}/tokens/{token_id}", { params: { path: { user_id, token_id } } })),
    onSettled: renew,
  });
}
