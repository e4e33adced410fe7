import { types } from 'node:util'
import { type EventId, HarborageError, type Identity, type RunIdentity } from '@harborage/core'
import {
  captureBytes,
  captureDate,
  checkEventId,
  checkRequiredName,
  checkRunIdentity,
  describeType,
  KnownNames,
} from '@harborage/core/kit'
import type { Condition, SlotKey } from '../state-driver.ts'
import { MAX_STATE_BYTES, type NewStateRecord, type StateRecord } from '../state-record.ts'

/** The fields of an argument that was not checked yet. */
type Unchecked<Argument> = { readonly [Field in keyof Argument]?: unknown }

/** Checks the identity that a slot, a record or an expectation carries; the name of the argument is for the message. */
export function checkCarriedIdentity(
  argument: string,
  carrier: { readonly identity: RunIdentity } | undefined | null,
): Required<RunIdentity> {
  const carried: unknown = carrier
  if (typeof carried !== 'object' || carrier === undefined || carrier === null) {
    throw new HarborageError(
      'invalid_record',
      `${argument} is ${describeType(carried)}: pass an object with an identity`,
    )
  }
  return checkRunIdentity(carrier.identity)
}

/** Checks an identity for a call that is about all runs of the session, whichever it names. */
export function checkAnyRun(identity: RunIdentity): Identity {
  const { tenantId, userId, sessionId } = checkRunIdentity(identity)
  return { tenantId, userId, sessionId }
}

/** Checks an identity that may not be narrowed to a run, not even to the session itself as `''` does. */
export function checkSession(identity: RunIdentity): Identity {
  const session = checkAnyRun(identity)
  if (identity.runId === undefined) return session
  throw new HarborageError(
    'invalid_record',
    'the identity names a run, and deleteScope empties a whole session: leave runId out, or delete what list() gives of one run',
  )
}

/** What a record is called by that a store returned, so that it may be passed wherever a slot is named. */
const recordNames = ['identity', 'kind', 'eventId', 'bytes', 'version', 'updatedAt'] as const

/** The names of a record to be saved. */
const newRecordNames = new KnownNames('the record', recordNames)

/** The names of what names a slot, which may be a whole record. */
export const slotNames: KnownNames = new KnownNames('the slot', recordNames)

/** Checks a record whose identity was checked, and captures its bytes. */
export function checkRecord(identity: Required<RunIdentity>, record: NewStateRecord): StateRecord {
  newRecordNames.check(record)
  const { eventId, kind, bytes, version, updatedAt }: Unchecked<NewStateRecord> = record
  return {
    eventId: checkEventId('eventId', eventId),
    identity,
    kind: checkKind(kind),
    bytes: captureState(bytes),
    version: checkVersion(version),
    updatedAt: checkDate(updatedAt),
  }
}

export function checkSlot(identity: Required<RunIdentity>, kind: unknown): SlotKey {
  return { identity, kind: checkKind(kind) }
}

export function checkKind(kind: unknown): string {
  return checkRequiredName('kind', kind, 'invalid_record')
}

export function checkKindPrefix(prefix: unknown): string {
  return checkRequiredName('kindPrefix', prefix, 'invalid_record')
}

/**
 * Checks the condition of a save. An option that is there but `undefined` is refused: taken as absent it would turn a
 * guarded save into an unguarded one.
 */
export function checkCondition(
  options: { readonly ifEventId?: EventId | null } | undefined,
): Condition {
  if (options === undefined || options === null || !('ifEventId' in options)) return undefined
  const { ifEventId } = options
  return ifEventId === null ? null : checkExpectedEventId('ifEventId', ifEventId)
}

/** Checks the condition of a delete: an event id, or absent. */
export function checkDeleteCondition(
  options: { readonly ifEventId?: EventId } | undefined,
): EventId | undefined {
  const condition = checkCondition(options)
  if (condition !== null) return condition
  throw new HarborageError(
    'invalid_record',
    'ifEventId is null: a delete expects an event id; there is nothing to delete in an empty slot',
  )
}

export function checkExpectedEventId(field: string, eventId: unknown): EventId {
  if (eventId === undefined) {
    throw new HarborageError(
      'invalid_record',
      `${field} is undefined: pass the event id that the slot has to hold, or null if it has to be empty`,
    )
  }
  return checkEventId(field, eventId)
}

function captureState(bytes: unknown): Uint8Array {
  return captureBytes(
    'bytes',
    bytes,
    MAX_STATE_BYTES,
    () =>
      new HarborageError(
        'invalid_record',
        `bytes is longer than ${MAX_STATE_BYTES} bytes: keep heavy content as an artifact and its reference here`,
      ),
  )
}

export function checkVersion(version: unknown): number {
  if (version === undefined) return 0
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw new HarborageError('invalid_record', 'version must be a safe integer of at least 0')
  }
  // Turns -0 into 0, as every database does.
  return version + 0
}

function checkDate(updatedAt: unknown): Date {
  if (updatedAt === undefined) return new Date()
  if (!types.isDate(updatedAt)) {
    throw new HarborageError(
      'invalid_record',
      `updatedAt is ${describeType(updatedAt)}: pass a Date`,
    )
  }
  const copy = captureDate(updatedAt)
  if (copy === undefined) throw new HarborageError('invalid_record', 'updatedAt is an invalid Date')
  return copy
}
