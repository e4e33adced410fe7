import { isHarborageError, newEventId, parseEventId } from '@harborage/core'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'
import { expect, test } from 'vitest'

// Every value that the two tenants pass is a secret.
const mine = record('mine')
const theirs = record('theirs')

test.each<[code: string, call: (store: StateStore) => Promise<unknown>]>([
  ['idempotency_conflict', (store) => store.save({ ...mine, bytes: new Uint8Array() })],
  ['idempotency_conflict', (store) => store.save({ ...mine, kind: 'secret-other-kind' })],
  ['idempotency_conflict', (store) => store.commit({ save: [{ ...mine, version: 8 }] })],
  ['condition_failed', (store) => store.save(fresh(mine), { ifEventId: null })],
  ['condition_failed', (store) => store.save(fresh(mine), { ifEventId: theirs.eventId })],
  ['condition_failed', (store) => store.commit({ expect: [{ ...mine, eventId: theirs.eventId }] })],
  [
    'condition_failed',
    (store) => store.delete(mine.identity, mine.kind, { ifEventId: theirs.eventId }),
  ],
  ['not_found', (store) => store.loadOrThrow(mine.identity, 'secret-no-kind')],
  ['not_found', (store) => store.loadByEventIdOrThrow(mine.identity, theirs.eventId)],
  ['invalid_record', (store) => store.commit({ save: [fresh(mine), fresh(theirs)] })],
  ['invalid_record', (store) => store.commit({ save: [mine, { ...mine, kind: 'secret-two' }] })],
  ['invalid_record', (store) => store.commit({ save: [fresh(mine), fresh(mine)] })],
  ['invalid_record', (store) => store.save({ ...fresh(mine), version: -7_777 })],
  ['invalid_record', (store) => store.save({ ...fresh(mine), kind: 'secret-\0' })],
  ['invalid_identity', (store) => store.load({ ...mine.identity, runId: 'secret-\ud800' }, 'k')],
  ['identity_required', (store) => store.load({ ...mine.identity, userId: '' }, 'k')],
  ['store_closed', (store) => store.close().then(() => store.save(mine))],
])('the message of %s quotes no payload and no identity: %#', async (code, call) => {
  await using store = await openStateStore()
  await store.save(mine)
  await store.save(theirs)
  const error: unknown = await call(store).catch((caught: unknown) => caught)
  if (!isHarborageError(error)) throw new Error('no error of Harborage', { cause: error })
  expect(error.code).toBe(code)
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/secret-|7777/i)
})

function record(owner: string): NewStateRecord {
  return {
    eventId: parseEventId(`secret-event-${owner}`),
    identity: {
      tenantId: `secret-tenant-${owner}`,
      userId: `secret-user-${owner}`,
      sessionId: `secret-session-${owner}`,
      runId: `secret-run-${owner}`,
    },
    kind: `secret-kind-${owner}`,
    bytes: Buffer.from(`secret-bytes-${owner}`),
    version: 7_777,
    updatedAt: new Date(0),
  }
}

function fresh(each: NewStateRecord): NewStateRecord {
  return { ...each, eventId: newEventId() }
}
