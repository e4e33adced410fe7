/** Returns `12345` as `12,345`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

/** Returns a number with its noun: `1 file`, `2 files`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : plural}`
}

/** Returns a number of bytes in a readable unit: `512 B`, `12.3 KiB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const inMiB = bytes >= 1024 * 1024
  return `${(bytes / (inMiB ? 1024 * 1024 : 1024)).toFixed(1)} ${inMiB ? 'MiB' : 'KiB'}`
}

/** Returns milliseconds as seconds: `0.52 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

/** Returns millionths of a dollar as `$0.0123`. */
export function dollars(microUsd: number): string {
  return `$${(microUsd / 1_000_000).toFixed(4)}`
}
