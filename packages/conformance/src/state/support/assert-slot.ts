import assert from 'node:assert/strict'
import type { NewStateRecord, Slot, StateRecord, StateStore } from '@harborage/state'

/** Checks that a slot holds this record. Compares `updatedAt` only if the record has it. */
export async function assertHolds(store: StateStore, expected: NewStateRecord): Promise<void> {
  assertSameRecord(await store.load(expected.identity, expected.kind), expected)
}

export async function assertEmpty(store: StateStore, { identity, kind }: Slot): Promise<void> {
  assert.equal(await store.load(identity, kind), undefined, 'the slot has to be empty')
}

/** Checks that a stored record equals this one. Compares `updatedAt` only if `expected` has it. */
export function assertSameRecord(actual: StateRecord | undefined, expected: NewStateRecord): void {
  assert.ok(actual !== undefined, 'the record has to be found')
  const { version = 0, updatedAt = actual.updatedAt } = expected
  assert.deepEqual(comparable(actual), comparable({ ...expected, version, updatedAt }))
}

function comparable(record: NewStateRecord): unknown {
  const { eventId, identity, kind, bytes, version, updatedAt } = record
  const { tenantId, userId, sessionId, runId = '' } = identity
  return {
    eventId,
    identity: { tenantId, userId, sessionId, runId },
    kind,
    bytes: Buffer.from(bytes).toString('base64'),
    version,
    updatedAt: updatedAt?.getTime(),
  }
}
