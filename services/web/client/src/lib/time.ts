/** Times as people say them. Every function takes `now` in ms, so that it can be tested and kept ticking. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in one unit: "8 s", "12 min", "3 h", "5 days". */
export function lengthOf(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h`;
  const days = Math.floor(length / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

/** A moment from here: "just now", "12 min ago", "3 days ago", then the date. */
export function agoOf(moment: string, now: number): string {
  const passed = now - Date.parse(moment);
  if (passed < MINUTE) return "just now";
  if (passed < 14 * DAY) return `${lengthOf(passed)} ago`;
  return new Date(moment).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** The hour and minute of a moment on the reader's clock. */
export function clockOf(moment: string | number): string {
  return new Date(moment).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

export function exactOf(moment: string): string {
  return new Date(moment).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** A number of seconds as a promise of time: "2 minutes", "45 seconds". */
export function graceOf(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** A moment to come (or gone): "18:00" today, "tomorrow, 09:00", else "Mon 5 Jan, 18:00". */
export function momentOf(moment: string, now: number): string {
  const at = new Date(moment);
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / DAY);
  if (days === 0) return clockOf(moment);
  const day = days === 1 ? "tomorrow" : at.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });
  return `${day}, ${clockOf(moment)}`;
}

/** A moment as `<input type="datetime-local">` wants it, on the reader's clock. */
export function fieldOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${date}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
