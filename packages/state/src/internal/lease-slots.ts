import { HarborageError, type RunIdentity } from '@harborage/core'
import { MAX_KIND_BYTES } from '@harborage/core/kit'
import type { SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import { decodeJson, encodeJson } from './json-bytes.ts'

/** What the kind of the slot with the time of a lease ends with. */
export const UNTIL_SUFFIX = '.until'

/** The format of what a lease writes. */
const FORMAT = 1

/**
 * The two slots of a lease. The slot of its kind names the holder: its event id is that of the
 * holder and stays the same as long as it holds the lease, so that others can expect it. The other
 * one holds the time of expiry, and changes with each renewal.
 */
export interface LeaseSlots {
  readonly holder: SlotKey
  readonly until: SlotKey
}

/** Returns the slots of a lease. */
export function leaseSlots(identity: Required<RunIdentity>, kind: string): LeaseSlots {
  return {
    holder: { identity, kind },
    until: { identity, kind: `${kind}${UNTIL_SUFFIX}` },
  }
}

/** Returns the content of the slot that names a holder. */
export function encodeHolder({ kind }: SlotKey, token: number): Uint8Array {
  return encodeJson(kind, { lease: FORMAT, token })
}

/** Returns the content of the slot with the time of a lease. */
export function encodeUntil({ kind }: SlotKey, expiresAt: Date): Uint8Array {
  return encodeJson(kind, { lease: FORMAT, expiresAt: expiresAt.getTime() })
}

/**
 * Returns the token of the latest holder; 0 if the slot is empty.
 *
 * @throws `invalid_record` if the slot holds anything else.
 */
export function readToken(record: StateRecord | undefined): number {
  return record === undefined ? 0 : readNumber(record, 'token')
}

/**
 * Returns the time at which a lease expires, in milliseconds since 1970; 0 if the slot is empty.
 *
 * @throws `invalid_record` if the slot holds anything else.
 */
export function readUntil(record: StateRecord | undefined): number {
  return record === undefined ? 0 : readNumber(record, 'expiresAt')
}

/**
 * Returns the slot with the time of a lease, if one of this kind can exist.
 *
 * @param holder The slot of its holder.
 */
export function untilSlot(holder: SlotKey): SlotKey | undefined {
  const { until } = leaseSlots(holder.identity, holder.kind)
  return Buffer.byteLength(until.kind) <= MAX_KIND_BYTES ? until : undefined
}

/** Returns whether a slot has a kind as those with the time of a lease have. */
export function isUntilKind({ kind }: SlotKey): boolean {
  return kind.endsWith(UNTIL_SUFFIX)
}

/**
 * Returns the time at which a lease expires, in milliseconds since 1970; `undefined` if a slot is
 * empty or holds anything else.
 */
export function findUntil(record: StateRecord | undefined): number | undefined {
  try {
    return record && readUntil(record)
  } catch {
    return undefined
  }
}

function readNumber({ kind, bytes }: StateRecord, name: string): number {
  const content = decodeJson(kind, bytes)
  if (typeof content === 'object' && content !== null && Reflect.get(content, 'lease') === FORMAT) {
    const value: unknown = Reflect.get(content, name)
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  }
  throw new HarborageError(
    'invalid_record',
    `the slot of ${kind} holds something that no lease of this release wrote: take a kind that is used for nothing else, or update`,
  )
}
