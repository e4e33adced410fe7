import { HarborageError, isHarborageError, newEventId, type EventId } from '@harborage/core'
import type { CheckedExpectation, CheckedRecord, SlotKey, StateDriver } from '../state-driver.ts'
import { MAX_LOAD_BYTES, type StateRecord } from '../state-record.ts'
import { encodeHolder, encodeUntil, readToken, readUntil, type LeaseSlots } from './lease-slots.ts'

/** The largest number of attempts: others took or renewed the lease during each of them. */
const MAX_ATTEMPTS = 100

/** A lease that was taken. */
export interface TakenLease {
  readonly slots: LeaseSlots
  /** The event id that the slot of the holder has while the lease is held. */
  readonly holderId: EventId
  readonly token: number
  readonly expiresAt: Date
}

/**
 * Takes a lease, if no one holds an unexpired one. Resolves to `undefined` if someone does.
 *
 * The time and the slots may be read in either order: a lease that was renewed in between has
 * another event id than the commit expects.
 *
 * @throws `invalid_record` if the slots hold anything but a lease; `store_unavailable` if others
 * changed them during each of 100 attempts.
 */
export async function takeLease(
  driver: StateDriver,
  slots: LeaseSlots,
  ttlMs: number,
): Promise<TakenLease | undefined> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const [now, found] = await Promise.all([
      driver.now(),
      driver.loadMany([slots.holder, slots.until], MAX_LOAD_BYTES),
    ])
    const [holder, until] = found ?? []
    const heldToken = readToken(holder)
    if (readUntil(until) > now.getTime() && holder !== undefined) return undefined
    const token = Math.max(heldToken + 1, now.getTime())
    const expiresAt = new Date(now.getTime() + ttlMs)
    const record = recordIn(slots.holder, encodeHolder(slots.holder, token), now)
    const isTaken = await commitIf(
      driver,
      [expectation(slots.holder, holder), expectation(slots.until, until)],
      [record, recordIn(slots.until, encodeUntil(slots.until, expiresAt), now)],
    )
    if (isTaken) return { slots, holderId: record.eventId, token, expiresAt }
  }
  throw new HarborageError(
    'store_unavailable',
    `the lease was changed by others during each of ${MAX_ATTEMPTS} attempts: nothing was applied, call again`,
  )
}

/** Renews a lease. Resolves to its new end, or `undefined` if it is not held any more. */
export async function renewLease(
  driver: StateDriver,
  { slots, holderId }: TakenLease,
  ttlMs: number,
): Promise<Date | undefined> {
  const now = await driver.now()
  const expiresAt = new Date(now.getTime() + ttlMs)
  const isHeld = await commitIf(
    driver,
    [{ ...slots.holder, eventId: holderId }],
    [recordIn(slots.until, encodeUntil(slots.until, expiresAt), now)],
  )
  return isHeld ? expiresAt : undefined
}

/**
 * Releases a lease. The slot of the holder keeps the token under another event id.
 *
 * @returns Whether it was held.
 */
export async function releaseLease(
  driver: StateDriver,
  { slots, holderId, token }: TakenLease,
): Promise<boolean> {
  const record = recordIn(slots.holder, encodeHolder(slots.holder, token), await driver.now())
  return commitIf(driver, [{ ...slots.holder, eventId: holderId }], [record], [slots.until])
}

/** Commits, and resolves to whether the expectations were met. */
async function commitIf(
  driver: StateDriver,
  expect: readonly CheckedExpectation[],
  save: readonly CheckedRecord[],
  deletions: readonly SlotKey[] = [],
): Promise<boolean> {
  try {
    const outcome = await driver.commit({
      expect,
      save,
      saveIfEmpty: [],
      delete: deletions,
      deletePrefix: [],
    })
    // An attempt whose answer was lost may have been applied, and others may have come since.
    return !outcome.save.includes('superseded')
  } catch (error) {
    if (isHarborageError(error, 'condition_failed')) return false
    throw error
  }
}

function recordIn(slot: SlotKey, bytes: Uint8Array, updatedAt: Date): CheckedRecord {
  return { ...slot, eventId: newEventId(), bytes, version: 0, updatedAt, expiresAt: undefined }
}

function expectation(slot: SlotKey, held: StateRecord | undefined): CheckedExpectation {
  return { ...slot, eventId: held?.eventId ?? null }
}
