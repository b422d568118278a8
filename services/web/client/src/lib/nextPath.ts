/** Where to go after signing in: only ever a path of this site. */
export function nextPath(wish: string | null): string {
  if (!wish) return "/";
  try {
    const url = new URL(wish, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}
