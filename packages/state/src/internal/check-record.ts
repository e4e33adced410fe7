import {
  type EventId,
  HarborageError,
  type Identity,
  type Owner,
  type RunIdentity,
} from '@harborage/core'
import {
  captureBytes,
  checkEventId,
  checkExpiry,
  checkName,
  checkOwner,
  checkRequiredDate,
  checkRequiredName,
  describeType,
  isOfEveryObject,
  KnownNames,
  MAX_KIND_BYTES,
} from '@harborage/core/kit'
import type { CheckedRecord, Condition, SlotKey } from '../state-driver.ts'
import { MAX_STATE_BYTES, type NewStateRecord } from '../state-record.ts'

/** An argument before it is checked: its fields may be anything. */
type Unchecked<Argument> = { readonly [Field in keyof Argument]?: unknown }

/**
 * Returns the identity of a slot, a record or an expectation, which is not checked yet.
 *
 * @param argument The name of the argument, for the error message.
 */
export function carriedIdentity(
  argument: string,
  carrier: { readonly identity: Owner } | undefined | null,
): Owner {
  const carried: unknown = carrier
  if (typeof carried !== 'object' || carrier === undefined || carrier === null) {
    throw new HarborageError(
      'invalid_record',
      `${argument} is ${describeType(carried)}: pass an object with an identity`,
    )
  }
  if ('identity' in Object.prototype && isOfEveryObject(carrier, 'identity')) {
    throw new HarborageError('identity_required', `${argument} has no identity: pass one`)
  }
  return carrier.identity
}

/** Checks an owner for a call on all runs of the session, and drops its run. */
export function checkAnyRun(identity: Owner): Identity {
  const { tenantId, userId, sessionId } = checkOwner(identity)
  return { tenantId, userId, sessionId }
}

/** The names of `StateRecord`. */
export const recordNames = [
  'identity',
  'kind',
  'eventId',
  'bytes',
  'version',
  'updatedAt',
  'createdAt',
  'expiresAt',
] as const

/** The names of `NewStateRecord`, and of a whole record, which a caller may save again. */
const newRecordNames = new KnownNames('the record', recordNames)

/**
 * The names of `Slot` and `SlotExpectation`, and of a whole record or its key, which a caller may
 * pass as either.
 */
export const slotNames: KnownNames = new KnownNames('the slot', [...recordNames, 'size'])

/** Checks a record with a checked identity, and copies its bytes. */
export function checkRecord(
  identity: Required<RunIdentity>,
  record: NewStateRecord,
): CheckedRecord {
  newRecordNames.check(record)
  const { eventId, kind, bytes, version, updatedAt, expiresAt }: Unchecked<NewStateRecord> = record
  return {
    eventId: checkEventId('eventId', eventId),
    identity,
    kind: checkKind(kind),
    bytes: captureState(bytes),
    version: checkVersion(version),
    updatedAt: checkDate(updatedAt),
    expiresAt: expiresAt === undefined ? undefined : checkExpiry(expiresAt),
  }
}

export function checkSlot(identity: Required<RunIdentity>, kind: unknown): SlotKey {
  return { identity, kind: checkKind(kind) }
}

export function checkKind(kind: unknown): string {
  return checkRequiredName('kind', kind, 'invalid_record', MAX_KIND_BYTES)
}

/** The names of `SlotPrefix`. */
export const prefixNames: KnownNames = new KnownNames('the prefix', ['identity', 'kindPrefix'])

/** Checks a prefix, which may be empty. */
export function checkAnyPrefix(prefix: unknown): string {
  if (prefix !== undefined) return checkName('kindPrefix', prefix, 'invalid_record', MAX_KIND_BYTES)
  throw new HarborageError('invalid_record', "kindPrefix is missing: pass '' for all kinds")
}

export function checkKindPrefix(prefix: unknown): string {
  return checkRequiredName('kindPrefix', prefix, 'invalid_record', MAX_KIND_BYTES)
}

/** The names of `SaveOptions` and of `DeleteOptions`. */
export const conditionNames: KnownNames = new KnownNames('options', ['signal', 'ifEventId'])

/**
 * Returns the precondition of a save. Rejects an explicit `undefined`: treated as absent, it would
 * make a conditional save unconditional.
 */
export function checkCondition(
  options: { readonly ifEventId?: EventId | null } | undefined,
): Condition {
  if (options === undefined || options === null || !('ifEventId' in options)) return undefined
  const { ifEventId } = options
  return ifEventId === null ? null : checkExpectedEventId('ifEventId', ifEventId)
}

/** Returns the precondition of a delete: an event id, or `undefined` for none. */
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
  return checkEventId(field, eventId, 'pass the event id that the slot has to hold')
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
  // Converts -0 to 0, as every database does.
  return version + 0
}

function checkDate(updatedAt: unknown): Date {
  return updatedAt === undefined ? new Date() : checkRequiredDate('updatedAt', updatedAt)
}
