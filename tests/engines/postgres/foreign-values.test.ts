import { newEventId, parseEventId } from '@harborage/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { inspected } from './support/inspected.ts'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

const PAYLOAD = 'the-payload-of-the-record'
const HOLDER = 'the-session-that-holds-it'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

test('a conflict on an event id reveals neither its holder nor the saved content', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const eventId = parseEventId('the-event-id-in-question')
  const held = newRecord({ eventId, identity: { ...ann, sessionId: HOLDER }, kind: HOLDER })
  await own.state.save(held)
  const wanted = newRecord({ eventId, bytes: new TextEncoder().encode(PAYLOAD) })
  for (const call of [
    () => own.state.save(wanted),
    () => own.state.save(wanted, { ifEventId: null }),
    () => own.state.commit({ save: [wanted] }),
  ]) {
    const failure = await failureOf(call())
    expect(failure.code).toBe('idempotency_conflict')
    const shown = inspected(failure)
    for (const secret of [HOLDER, eventId, PAYLOAD, ann.userId]) expect(shown).not.toContain(secret)
  }
})

test("the same event id in another tenant is that tenant's own affair", async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const eventId = newEventId()
  expect(await own.state.save(newRecord({ eventId }))).toBe('saved')
  const elsewhere = newRecord({ eventId, identity: { ...ann, tenantId: 'other' } })
  expect(await own.state.save(elsewhere)).toBe('saved')
})

test('the details of a violated constraint of the operator stay in the cause', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  await queryPostgres(
    database.dsn,
    `alter table state_records add constraint short check (length(bytes) < 10) not valid`,
  )
  const record = newRecord({ kind: 'long', bytes: new TextEncoder().encode(PAYLOAD) })
  const failure = await failureOf(own.state.save(record))
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
  expect(failure.message).not.toContain(ann.userId)
  expect(await own.state.load(ann, 'long')).toBeUndefined()
  await queryPostgres(database.dsn, 'alter table state_records drop constraint short')
})
