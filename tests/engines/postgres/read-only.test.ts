import { allOfSession, commitTogether, createEventBus, newEventId } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPooler, type StartupPooler } from './support/startup-pooler.ts'
import { ann, newRecord, openOwnStore, session } from './support/test-store.ts'

/** A call that is repeated for this long hangs. */
const retryTimeoutMs = 3_600_000
const refused = { code: 'store_unavailable', retryable: false }

let place: TestDatabase

beforeAll(async () => {
  place = await createDatabase()
  await using own = await openOwnStore({ dsn: place.dsn })
  await own.state.save(newRecord({ kind: 'held' }))
  await using database = await openPostgres({ dsn: place.dsn })
  await using _journal = await openJournalStore({ database })
  await using _memory = await openMemoryStore({
    database,
    bus: createEventBus(),
    strategy: 'truncation',
  })
})

afterAll(() => place.drop())

const ways: Readonly<Record<string, (dsn: string) => Promise<StartupPooler>>> = {
  'on the server itself': async (dsn) => ({ dsn, async [Symbol.asyncDispose]() {} }),
  'behind a pooler that refuses startup options': (dsn) => startPooler(dsn, 'refuses'),
  'behind a pooler that ignores startup options': (dsn) => startPooler(dsn, 'ignores'),
}

describe.each(Object.entries(ways))('a database opened with readOnly, %s,', (_, wayTo) => {
  test('reads, and refuses every change at once', async () => {
    await using way = await wayTo(place.dsn)
    await using database = await openPostgres({ dsn: way.dsn, readOnly: true, retryTimeoutMs })
    await using state = await openStateStore({ database, migrate: 'verify' })
    await using journal = await openJournalStore({ database, migrate: 'verify' })
    const rules = { strategy: 'truncation', bus: createEventBus() } as const
    await using memory = await openMemoryStore({ database, migrate: 'verify', ...rules })
    expect(await state.load(ann, 'held')).toBeDefined()
    const bytes = new Uint8Array(1)
    const entry = { entryId: newEventId(), type: 'message', bytes }
    const changes = {
      save: () => state.save(newRecord()),
      'large save': () => state.save(newRecord({ bytes: new Uint8Array(100_000) })),
      commit: () =>
        state.commit({ save: [newRecord({ kind: 'one' }), newRecord({ kind: 'two' })] }),
      delete: () => state.delete(ann, 'held'),
      deleteAll: () => state.deleteAll(allOfSession(session)),
      append: () => journal.append(ann, 'events', [entry]),
      addTurn: () => memory.addTurn(session, { userMessage: 'Hello.', assistantResponse: 'Hi.' }),
      commitTogether: () =>
        commitTogether({ stepId: 'one', parts: { saved: state.prepare.save(newRecord()) } }),
    }
    for (const [name, change] of Object.entries(changes)) {
      const { code, retryable } = await failureOf(change())
      expect({ name, code, retryable }).toEqual({ name, ...refused })
    }
    const counted = 'select count(*)::int as count from state_records'
    expect(await queryPostgres(place.dsn, counted)).toEqual([{ count: 1 }])
  })

  test('creates no tables', async () => {
    const empty = await createDatabase()
    await using way = await wayTo(empty.dsn)
    {
      await using database = await openPostgres({ dsn: way.dsn, readOnly: true, retryTimeoutMs })
      const opening = openStateStore({ database, migrate: 'apply' })
      expect(await failureOf(opening)).toMatchObject(refused)
      const tables = `select from pg_tables where schemaname = 'public'`
      expect(await queryPostgres(empty.dsn, tables)).toEqual([])
    }
    await empty.drop()
  })

  test('is diagnosed as one that can be opened', async () => {
    await using way = await wayTo(place.dsn)
    const findings = await diagnose({ dsn: way.dsn, readOnly: true })
    expect(findings.filter(({ grade }) => grade === 'fails')).toEqual([])
  })
})

test('a login that is refused is refused once, with readOnly as well', async () => {
  const dsn = new URL(place.dsn)
  dsn.pathname = '/no_such_database'
  const failure = await failureOf(openPostgres({ dsn: dsn.href, readOnly: true }))
  expect(failure).toMatchObject(refused)
  expect(failure.message).toContain('does not exist')
})
