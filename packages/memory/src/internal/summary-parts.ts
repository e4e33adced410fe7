import { MAX_SUMMARY_BYTES, MAX_TURN_BYTES } from '../conversation.ts'

/** A character takes six bytes of JSON at most, and the turn has other fields. */
const MAX_PART = Math.floor(MAX_TURN_BYTES / 6) - 1_024

/** The most parts of what a summarizer may answer with. */
export const MAX_SUMMARY_PARTS: number = Math.ceil(MAX_SUMMARY_BYTES / MAX_PART)

/** Cuts a summary into parts of which each fits into a turn, never within a character. */
export function partsOfSummary(summary: string): string[] {
  const parts: string[] = []
  for (let from = 0; from < summary.length;) {
    const end = from + MAX_PART
    // The last is the first half of a character if a whole one begins there.
    const isWithin = end < summary.length && (summary.codePointAt(end - 1) ?? 0) > 0xffff
    const part = summary.slice(from, isWithin ? end - 1 : end)
    parts.push(part)
    from += part.length
  }
  return parts
}
