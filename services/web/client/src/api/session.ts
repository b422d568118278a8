/** Who is signed in. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, sessionKey, take } from "./client";
import { sessionQuery } from "./sessionQuery";

export function useSession() {
  return useQuery(sessionQuery);
}

export function useUser() {
  return useSession().data?.user ?? null;
}

export function useLogin() {
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => take(api.POST("/api/v0/auth/login", { body })),
    onSuccess: (session) => {
      cache.clear();
      cache.setQueryData(sessionKey, session);
    },
  });
}

export function useLogout() {
  return useMutation({
    mutationFn: () => done(api.POST("/api/v0/auth/logout")),
    onSuccess: () => {
      cache.clear();
      cache.setQueryData(sessionKey, null);
    },
  });
}
