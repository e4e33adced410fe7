import { HarborageError, isHarborageError } from '@harborage/core'
import { captureBytes, describeType, KnownNames } from '@harborage/core/kit'
import { MAX_SNAPSHOT_BYTES, type MemorySnapshot, type Strategy } from '../conversation.ts'

const names = new KnownNames('the snapshot', ['strategy', 'bytes'], 'invalid_snapshot')

/**
 * A captured snapshot.
 *
 * - `reset`: it erases the conversation.
 * - `nothing`: it is a snapshot of the strategy `none`, which has no content.
 * - `content`: it replaces the conversation.
 */
export type CapturedSnapshot =
  | { readonly kind: 'reset' | 'nothing' }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }

/**
 * Copies a snapshot to be restored. Its content is checked later.
 *
 * @throws `invalid_snapshot` if it is not a snapshot, or names another strategy.
 */
export function captureSnapshot(snapshot: MemorySnapshot, strategy: Strategy): CapturedSnapshot {
  const given: unknown = snapshot
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_snapshot',
      `the snapshot is ${describeType(given)}: pass the result of snapshot()`,
    )
  }
  names.check(given)
  const { strategy: claimed } = snapshot
  const bytes = capture(snapshot.bytes)
  if (claimed !== undefined && claimed !== strategy) throw wrongStrategy(strategy)
  if (bytes.byteLength === 0 && claimed === undefined) return { kind: 'reset' }
  // Empty bytes with any other strategy are a truncated snapshot, and rejected when they are read.
  if (bytes.byteLength === 0 && claimed === 'none') return { kind: 'nothing' }
  if (strategy === 'none') throw wrongStrategy(strategy)
  return { kind: 'content', bytes }
}

/** Copies the bytes, so that they cannot change between the checks. */
function capture(bytes: unknown): Uint8Array {
  try {
    return captureBytes(
      'snapshot.bytes',
      bytes,
      MAX_SNAPSHOT_BYTES,
      () =>
        new HarborageError(
          'invalid_snapshot',
          `the snapshot is larger than ${MAX_SNAPSHOT_BYTES} bytes: pass the result of snapshot()`,
        ),
    )
  } catch (error) {
    if (!isHarborageError(error, 'invalid_record')) throw error
    throw new HarborageError('invalid_snapshot', error.message, { cause: error })
  }
}

/** Returns the error for a malformed snapshot. */
export function malformedSnapshot(): HarborageError {
  return new HarborageError(
    'invalid_snapshot',
    'the snapshot is malformed: pass the bytes that snapshot() returned',
  )
}

/** Returns the error for a snapshot of another strategy. */
export function wrongStrategy(strategy: Strategy): HarborageError {
  return new HarborageError(
    'invalid_snapshot',
    `the snapshot is not of the strategy "${strategy}" of this store: restore it with a store of its own strategy, then convert the conversation`,
  )
}
