import { newEventId, parseEventId, type Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../support/embedded-postgres.ts'
import { failureOf } from '../support/failure-of.ts'
import { queryPostgres, runPostgresScript } from '../support/query-postgres.ts'

// A server of its own, because a server that was named for the tests may not let them make roles.
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer({ settings: { fsync: 'off' } })
  await runPostgresScript(
    server.dsn,
    `create role app login password 'app'; create role outsider login password 'outsider'`,
  )
})

afterAll(() => server.stop())

function openAs(role: string, schema: string): Promise<Database> {
  const dsn = new URL(server.dsn)
  dsn.username = role
  dsn.password = role
  return openPostgres({ dsn: dsn.href, schema })
}

async function migrated(schema: string): Promise<void> {
  await using database = await openPostgres({ dsn: server.dsn, schema })
  await using _state = await openStateStore({ database })
  // As docs/postgres.md tells the operator.
  await runPostgresScript(
    server.dsn,
    `grant usage on schema ${schema} to app;
     grant select, insert, update, delete on ${schema}.state_records to app;
     grant select on ${schema}.state_kinds to app;
     grant select on ${schema}.harbor_state_migrations to app`,
  )
}

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const bytes = new Uint8Array([1, 2, 3])

describe('a role that may not change tables', () => {
  test.for(['verify', 'apply'] as const)(
    'opens a migrated database with migrate: %s and makes every call',
    async (migrate) => {
      const schema = `for_${migrate}`
      await migrated(schema)
      await using database = await openAs('app', schema)
      await using state = await openStateStore({ database, migrate })
      const [first, second, third] = [newEventId(), newEventId(), newEventId()]
      const record = { identity, kind: 'note', bytes }
      expect(await state.save({ ...record, eventId: first }, { ifEventId: null })).toBe('saved')
      expect(await state.save({ ...record, eventId: second }, { ifEventId: first })).toBe('saved')
      expect(await state.save({ ...record, eventId: first })).toBe('superseded')
      expect(await state.load(identity, 'note')).toMatchObject({ eventId: second, bytes })
      expect(await state.loadByEventId(identity, second)).toMatchObject({ kind: 'note' })
      const committed = await state.commit({
        expect: [
          { identity, kind: 'note', eventId: second },
          { identity, kind: 'absent', eventId: null },
        ],
        save: [{ ...record, kind: 'other', eventId: third }],
        delete: [{ identity, kind: 'note' }],
      })
      expect(committed).toEqual(['saved'])
      const pages = [
        state.list(identity, 'o'),
        state.listKind({ maintenanceScoped: true }, 'o', { pageSize: 1 }),
      ]
      for (const page of pages) {
        const kinds = []
        for await (const { kind } of page) kinds.push(kind)
        expect(kinds).toEqual(['other'])
      }
      expect(await state.delete(identity, 'other', { ifEventId: third })).toBe(true)
      expect(await state.delete(identity, 'other')).toBe(false)
      expect(await state.deleteScope(identity)).toBe(0)
    },
  )

  test('cannot migrate, is told which right it lacks, and opens once somebody else has migrated', async () => {
    await runPostgresScript(
      server.dsn,
      'create schema pending; grant usage on schema pending to app',
    )
    await using database = await openAs('app', 'pending')
    const failure = await failureOf(openStateStore({ database }))
    expect(failure).toMatchObject({ code: 'migration_failed', retryable: false })
    expect(String(failure.cause)).toContain('permission denied for schema pending')
    expect(await tablesOf('pending')).toEqual([])
    await migrated('pending')
    await using state = await openStateStore({ database })
    expect(await state.save({ eventId: newEventId(), identity, kind: 'k', bytes })).toBe('saved')
  })

  test('cannot make the schema that it names', async () => {
    await using database = await openAs('app', 'of_its_own')
    await expect(openStateStore({ database })).rejects.toMatchObject({
      code: 'migration_failed',
      cause: { code: '42501' },
    })
  })

  test('is told so when it lacks the right to a table, at open or at the call', async () => {
    await migrated('forbidden')
    await using closed = await openAs('outsider', 'forbidden')
    const atOpen = await failureOf(openStateStore({ database: closed, migrate: 'verify' }))
    expect(atOpen).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(atOpen.message).toContain('grant')

    await runPostgresScript(server.dsn, 'revoke delete on forbidden.state_records from app')
    await using database = await openAs('app', 'forbidden')
    await using state = await openStateStore({ database, migrate: 'verify' })
    const atCall = await failureOf(state.delete(identity, 'note'))
    expect(atCall).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(atCall.message).toContain('grant')
    expect(await state.loadByEventId(identity, parseEventId('none'))).toBeUndefined()
  })
})

async function tablesOf(schema: string): Promise<string[]> {
  const rows = await queryPostgres<{ name: string }>(
    server.dsn,
    `select tablename as name from pg_tables where schemaname = $1`,
    [schema],
  )
  return rows.map((row) => row.name)
}
