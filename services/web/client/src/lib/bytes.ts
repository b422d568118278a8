/** A number of bytes as people say it, in steps of 1000: "0 B", "101 B", "1.2 MB", "34 GB". */
const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function bytesOf(count: number): string {
  let value = count;
  let unit = 0;
  // What would be rounded to 1000 is 1 of the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
