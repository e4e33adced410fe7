import { MAX_SUMMARY_BYTES, MAX_TURN_BYTES } from '../conversation.ts'

/**
 * The size of a part, in UTF-16 units. Each takes at most six bytes of JSON, and a turn has other
 * fields too.
 */
const MAX_PART = Math.floor(MAX_TURN_BYTES / 6) - 1_024

/** The largest number of parts of a summary that a summarizer may return. */
export const MAX_SUMMARY_PARTS: number = Math.ceil(MAX_SUMMARY_BYTES / MAX_PART)

/** Splits a summary into parts that fit into turns. Never splits a surrogate pair. */
export function partsOfSummary(summary: string): string[] {
  const parts: string[] = []
  for (let from = 0; from < summary.length;) {
    const end = from + MAX_PART
    // If a code point of two units begins at the last unit, it would be split.
    const isWithin = end < summary.length && (summary.codePointAt(end - 1) ?? 0) > 0xffff
    const part = summary.slice(from, isWithin ? end - 1 : end)
    parts.push(part)
    from += part.length
  }
  return parts
}
