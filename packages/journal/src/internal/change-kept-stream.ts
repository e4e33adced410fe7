import { decideAppend, decideReplacement, decideTouch, hiddenView } from '../decide.ts'
import type { CheckedAppend, CheckedReplacement, CheckedTouch } from '../journal-driver.ts'
import type { AppendResult, StreamHead } from '../journal-record.ts'
import type { KeptStream } from './kept-stream.ts'

/** What a change made of a stream in memory. */
export interface KeptChange<Result> {
  /** The stream after it; a new object if it had expired and begins anew. */
  readonly stream: KeptStream
  readonly result: Result
}

/**
 * Appends to a stream what is new.
 *
 * @param now The time by which streams expire, in milliseconds since 1970.
 */
export function appendTo(
  stream: KeptStream,
  append: Pick<CheckedAppend, 'entries' | 'ifPosition' | 'expiresAt'>,
  now: number,
): KeptChange<AppendResult> {
  const isExpired = stream.isExpired(now)
  const { entries, added } = decideAppend(isExpired ? hiddenView(stream) : stream, append)
  if (added.length === 0) return { stream, result: { head: stream.head, entries } }
  const changed = isExpired ? stream.renewed() : stream
  changed.append(added)
  const { expiresAt } = append
  if (expiresAt !== undefined) changed.expiresAt = expiresAt?.getTime()
  return { stream: changed, result: { head: changed.head, entries } }
}

/** Replaces the end of a stream, unless that was done before. */
export function replaceIn(
  stream: KeptStream,
  replacement: CheckedReplacement,
  now: number,
): KeptChange<StreamHead> {
  const isExpired = stream.isExpired(now)
  const operations = decideReplacement(isExpired ? hiddenView(stream) : stream, replacement)
  if (operations === undefined) return { stream, result: stream.head }
  const changed = isExpired ? stream.renewed() : stream
  changed.replaceAfter(isExpired ? stream.position : replacement.position)
  changed.append(replacement.entries)
  changed.operations = operations
  return { stream: changed, result: changed.head }
}

/** Changes the expiry of a stream. Returns whether there is one. */
export function touchStream(
  stream: KeptStream | undefined,
  { ifHead, expiresAt }: CheckedTouch,
): boolean {
  const isTouched = decideTouch(stream?.head, ifHead)
  if (isTouched && stream !== undefined) stream.expiresAt = expiresAt?.getTime()
  return isTouched
}
