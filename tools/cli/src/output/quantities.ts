const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Returns a number of bytes with a binary unit, such as `1.5 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`
}

/** Returns a whole number with its thousands apart, such as `1,024`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** Returns a number of things, such as `1 slot` or `2 slots`. */
export function countOf(count: number, thing: string, things: string = `${thing}s`): string {
  return `${countText(count)} ${count === 1 ? thing : things}`
}

/** Returns a date as `2026-01-31 09:40:00Z`. */
export function dateText(date: Date): string {
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}

/** Returns a date as {@link dateText}, or `''` if there is none. */
export function dateTextIfAny(date: Date | undefined): string {
  return date === undefined ? '' : dateText(date)
}

/** Returns when something expires, or `''` if it does not. */
export function expiryText(expiresAt: Date | undefined): string {
  return expiresAt === undefined ? '' : `expires ${dateText(expiresAt)}`
}
