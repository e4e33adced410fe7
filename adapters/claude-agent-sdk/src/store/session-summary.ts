import type { SessionSummaryEntry } from '@anthropic-ai/claude-agent-sdk'
import { HarborageError } from '@harborage/core'
import { isJsonRecord, parseJsonRecord } from './json-object.ts'

/** The format of the summaries that this release writes. */
export const SUMMARY_FORMAT = 1

/** The largest summary that is kept, so that those of 1,000 sessions are loaded at once. */
const MAX_SUMMARY_BYTES = 32 * 1024

/** What the slot of a session holds. */
export interface SessionSummary {
  readonly projectKey: string
  readonly sessionId: string
  /** When the transcript was last appended to, in milliseconds since 1970. */
  readonly mtime: number
  /**
   * What the SDK folded the entries to. `undefined` once it was too large: the SDK then reads the
   * transcript instead.
   */
  readonly data: SessionSummaryEntry['data'] | undefined
}

/** Returns a summary as bytes. Leaves out its data if they are too large. */
export function encodeSummary({ data, ...summary }: SessionSummary): Uint8Array {
  const head = { format: SUMMARY_FORMAT, ...summary }
  const bytes = new TextEncoder().encode(JSON.stringify({ ...head, data }))
  if (bytes.byteLength <= MAX_SUMMARY_BYTES) return bytes
  return new TextEncoder().encode(JSON.stringify(head))
}

/**
 * Returns what {@link encodeSummary} wrote.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function decodeSummary(bytes: Uint8Array): SessionSummary {
  const value = parseJsonRecord(bytes)
  const format: unknown = value?.['format']
  if (typeof format === 'number' && format > SUMMARY_FORMAT) {
    throw new HarborageError(
      'schema_too_new',
      `the summary has format ${format}, and this release reads up to ${SUMMARY_FORMAT}: update @harborage/claude-agent-sdk`,
    )
  }
  const { projectKey, sessionId, mtime, data } = value ?? {}
  const isSound =
    format === SUMMARY_FORMAT &&
    typeof projectKey === 'string' &&
    typeof sessionId === 'string' &&
    typeof mtime === 'number' &&
    (data === undefined || isJsonRecord(data))
  if (isSound) return { projectKey, sessionId, mtime, data }
  throw new HarborageError(
    'invalid_record',
    'a stored summary is not as this package writes it: restore it from a backup, or delete the session',
  )
}
