import { HarborageError, isHarborageError } from '@harborage/core'
import { captureBytes, describeType, KnownNames } from '@harborage/core/kit'
import { MAX_SNAPSHOT_BYTES, type MemorySnapshot, type Strategy } from '../conversation.ts'

const names = new KnownNames('the snapshot', ['strategy', 'bytes'], 'invalid_snapshot')

/** What a snapshot asks for: to empty the conversation, to keep nothing where nothing is kept, or to put bytes back. */
export type GivenSnapshot =
  | { readonly kind: 'reset' | 'nothing' }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }

/**
 * Captures a snapshot that is to be restored, of which the content is still to be checked.
 *
 * @throws `invalid_snapshot` if it is none, or claims to be of another strategy.
 */
export function captureSnapshot(snapshot: MemorySnapshot, strategy: Strategy): GivenSnapshot {
  const given: unknown = snapshot
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_snapshot',
      `the snapshot is ${describeType(given)}: pass what snapshot() gave`,
    )
  }
  names.check(given)
  const { strategy: claimed } = snapshot
  const bytes = capture(snapshot.bytes)
  if (claimed !== undefined && claimed !== strategy) throw otherStrategy(strategy)
  if (bytes.byteLength === 0 && claimed === undefined) return { kind: 'reset' }
  // With another strategy, no bytes are what is left of a snapshot of it.
  if (bytes.byteLength === 0 && claimed === 'none') return { kind: 'nothing' }
  if (strategy === 'none') throw otherStrategy(strategy)
  return { kind: 'content', bytes }
}

/** A copy: what is decided about the bytes has to be about those that are read. */
function capture(bytes: unknown): Uint8Array {
  try {
    return captureBytes(
      'snapshot.bytes',
      bytes,
      MAX_SNAPSHOT_BYTES,
      () =>
        new HarborageError(
          'invalid_snapshot',
          `the snapshot is larger than ${MAX_SNAPSHOT_BYTES} bytes`,
        ),
    )
  } catch (error) {
    if (!isHarborageError(error, 'invalid_record')) throw error
    throw new HarborageError('invalid_snapshot', error.message, { cause: error })
  }
}

export function malformed(): HarborageError {
  return new HarborageError(
    'invalid_snapshot',
    'the snapshot is malformed: pass the bytes that snapshot() gave',
  )
}

export function otherStrategy(strategy: Strategy): HarborageError {
  return new HarborageError(
    'invalid_snapshot',
    `the snapshot is not of the strategy "${strategy}", in which this store was opened`,
  )
}
