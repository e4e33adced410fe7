import type { Spread } from '../measure/statistics.ts'

/** Formats a duration, such as `0.83 µs`, `41 µs`, `3.2 ms` or `1.4 s`. */
export function formatTime(microseconds: number): string {
  if (microseconds < 1000) return `${threeDigits(microseconds)} µs`
  if (microseconds < 1_000_000) return `${threeDigits(microseconds / 1000)} ms`
  return `${threeDigits(microseconds / 1_000_000)} s`
}

/** Formats operations per second, such as `12,300`, from microseconds per operation. */
export function formatRate(microseconds: number): string {
  const rate = 1_000_000 / microseconds
  return Number(rate.toPrecision(3)).toLocaleString('en')
}

/** Formats a ratio, such as `0.83` or `12.1`. */
export function formatRatio(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)
}

/** Formats a median with its quartiles, such as `0.83 (0.80–0.86)`. */
export function formatSpread({ low, median, high }: Spread): string {
  return `${formatRatio(median)} (${formatRatio(low)}–${formatRatio(high)})`
}

/** Formats a long duration, such as `3 min 20 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
