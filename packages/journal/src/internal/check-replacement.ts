import { createHash } from 'node:crypto'
import { HarborageError } from '@harborage/core'
import { checkEventId, describeType, KnownNames } from '@harborage/core/kit'
import type { CheckedEntry, CheckedReplacement } from '../journal-driver.ts'
import type { Replacement } from '../journal-record.ts'
import { checkEntries } from './check-entries.ts'
import { checkPosition, checkStream } from './check-stream.ts'

const names = new KnownNames('the replacement', [
  'owner',
  'stream',
  'position',
  'entries',
  'operationId',
  'ifPosition',
])

/**
 * Checks a replacement and copies the bytes of its entries.
 *
 * @throws `identity_required` and `invalid_identity` for its owner; `invalid_record` if anything
 * else is malformed, or `position` is above `ifPosition`.
 */
export function checkReplacement(replacement: Replacement): CheckedReplacement {
  const given: unknown = replacement
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_record',
      `the replacement is ${describeType(given)}: pass an object { owner, stream, position, entries, operationId, ifPosition }`,
    )
  }
  const key = checkStream(replacement.owner, replacement.stream)
  names.check(given)
  const position = checkPosition('position', replacement.position)
  const ifPosition = checkPosition('ifPosition', replacement.ifPosition)
  if (position > ifPosition) {
    throw new HarborageError(
      'invalid_record',
      'position is above ifPosition: pass a position that the stream has',
    )
  }
  const entries = checkEntries(replacement.entries, 0)
  const operationId = checkEventId('operationId', replacement.operationId)
  return {
    ...key,
    position,
    entries,
    operationId,
    digest: digestOf(position, entries),
    ifPosition,
  }
}

/** Returns a digest of what a replacement says, but for the dates, which may default to now. */
function digestOf(position: number, entries: readonly CheckedEntry[]): string {
  const digest = createHash('sha256').update(String(position))
  for (const { entryId, type, bytes } of entries) {
    digest.update(JSON.stringify([entryId, type, bytes.byteLength])).update(bytes)
  }
  return digest.digest('base64')
}
