import { HarborageError } from '@harborage/core'
import { checkRequiredDate, checkStoredOwner, describeType, KnownNames } from '@harborage/core/kit'
import type { DumpedSlot } from '../dumped-slot.ts'
import { EVENT_MARK } from '../event-mark.ts'
import type { SlotKey } from '../state-driver.ts'
import { REMEMBERED_EVENT_IDS } from '../state-record.ts'
import { checkKind, checkRecord, recordNames } from './check-record.ts'

const names = new KnownNames('the record', [...recordNames, 'replaced'])

/**
 * Checks a record of a dump, and copies its bytes.
 *
 * @throws `invalid_record`, `invalid_identity` or `identity_required`.
 */
export function checkDumpedSlot(given: unknown): DumpedSlot {
  if (!isObject(given)) throw notDumped(given)
  // First: the names of what is no record at all, such as a large array, may be many.
  const identity = checkStoredOwner(given.identity)
  names.check(given)
  const { replaced, ...record } = given
  return {
    ...checkRecord(identity, record),
    updatedAt: checkRequiredDate('updatedAt', record.updatedAt),
    createdAt: checkRequiredDate('createdAt', record.createdAt),
    replaced: checkReplaced(replaced),
  }
}

/** Checks the slot after which a dump begins, and returns a copy of it. */
export function checkPlace(after: SlotKey): SlotKey {
  const given: unknown = after
  if (!isObject(given)) throw notDumped(given)
  return { identity: checkStoredOwner(after.identity), kind: checkKind(after.kind) }
}

function checkReplaced(replaced: unknown): readonly string[] {
  // The length first: an array may state any.
  if (Array.isArray(replaced) && replaced.length <= REMEMBERED_EVENT_IDS) {
    const marks = Array.from<unknown>(replaced).filter((mark) => typeof mark === 'string')
    if (marks.length === replaced.length && marks.every((mark) => EVENT_MARK.test(mark))) {
      return marks
    }
  }
  throw new HarborageError(
    'invalid_record',
    `replaced must be an array of at most ${REMEMBERED_EVENT_IDS} marks: pass what dump() returned`,
  )
}

function isObject(given: unknown): given is DumpedSlot {
  return typeof given === 'object' && given !== null
}

function notDumped(given: unknown): HarborageError {
  return new HarborageError(
    'invalid_record',
    `the record is ${describeType(given)}: pass what dump() returned`,
  )
}
