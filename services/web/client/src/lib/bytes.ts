const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** An amount of memory as people say it: 3.1 GiB, 512 MiB. */
export function memoryOf(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? Math.round(value * 10) / 10 : Math.round(value)} ${units[power]}`;
}

/** A number of bytes as people say it, in steps of 1000: "0 B", "101 B", "1.2 MB", "34 GB". */
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
