import { newEventId } from '@harborage/core'
import '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabaseWithTables()
})
afterAll(() => database.drop())
afterEach(() => vi.useRealTimers())

test.each([
  [['Date']],
  [['Date', 'setInterval', 'clearInterval', 'performance', 'hrtime']],
  [['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask']],
] as const)('a save settles while these are faked: %s', async (toFake) => {
  vi.useFakeTimers({ toFake: [...toFake] })
  await using state = await openStateStore({ dsn: database.dsn })
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: toFake.join(' ') }
  const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array(1) }
  expect(await state.save(record)).toBe('saved')
  expect((await state.loadOrThrow(identity, 'note')).updatedAt).toEqual(new Date())
})
