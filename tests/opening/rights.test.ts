import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openArtifactStore } from '@harborage/artifacts'
import { allOfRun, createEventBus, type Database, newEventId, parseEventId } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { deleteSession } from '@harborage/test-kit/delete-session'

// A server of its own, because a server that was named for the tests may not let them make roles.
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer({ settings: { fsync: 'off' } })
  await runPostgresScript(
    server.dsn,
    `create role app login password 'app';
     create role outsider login password 'outsider';
     create role deployer login password 'deployer';
     grant create on database "${new URL(server.dsn).pathname.slice(1)}" to deployer`,
  )
})

afterAll(() => server.stop())

function dsnOf(role: string): string {
  const dsn = new URL(server.dsn)
  dsn.username = role
  dsn.password = role
  return dsn.href
}

function openAs(role: string, schema: string): Promise<Database> {
  return openPostgres({ dsn: dsnOf(role), schema })
}

/**
 * Makes all tables and grants the rights as docs/postgres.md tells the operator, under a role that
 * may do just that.
 */
async function migrated(schema: string): Promise<void> {
  await using database = await openAs('deployer', schema)
  await using _state = await openStateStore({ database })
  await using _artifacts = await openArtifactStore({ database })
  await using _memory = await openMemoryStore({ database, bus: createEventBus() })
  await runPostgresScript(dsnOf('deployer'), grantsOf(schema))
}

function grantsOf(schema: string): string {
  const page = readFileSync(join(repositoryRoot, 'docs/postgres.md'), 'utf8')
  const [, grants] = /```sql\n(grant .*?)```/s.exec(page) ?? []
  if (grants === undefined) throw new Error('docs/postgres.md has no ```sql block of grants')
  return grants.replaceAll('harborage', schema)
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
      expect(committed).toMatchObject({ save: ['saved'], deleted: 1 })
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
      const { runId: _, ...session } = identity
      expect(await deleteSession(state, session)).toBe(0)
    },
  )

  test('keeps artifacts', async () => {
    await migrated('of_artifacts')
    await using database = await openAs('app', 'of_artifacts')
    await using artifacts = await openArtifactStore({ database, migrate: 'verify' })
    const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
    const scope = { ...session, taskId: 't1' }
    const small = await artifacts.putBytes(scope, bytes)
    const large = await artifacts.putBytes(scope, new Uint8Array(1_000_000))
    expect(await artifacts.putBytes(scope, bytes)).toEqual(small)
    expect(await artifacts.get(scope, small.id)).toEqual(bytes)
    expect(await artifacts.get(scope, large.id)).toHaveLength(1_000_000)
    expect(await artifacts.getRef(scope, small.id)).toEqual(small)
    const listed = []
    for await (const { id } of artifacts.list(scope)) listed.push(id)
    expect(listed.toSorted()).toEqual([small.id, large.id].toSorted())
    expect(await artifacts.delete(scope, large.id)).toBe(true)
    expect(await deleteSession(artifacts, session)).toBe(1)
  })

  test('keeps conversations', async () => {
    await migrated('of_memory')
    await using database = await openAs('app', 'of_memory')
    await using memory = await openMemoryStore({
      database,
      migrate: 'verify',
      strategy: 'rolling_summary',
      recentTurns: 1,
      bus: createEventBus(),
      summarizer: { summarize: async () => ({ summary: 'all of it' }) },
    })
    for (const userMessage of ['one', 'two', 'three']) {
      await memory.addTurn(identity, { turnId: newEventId(), userMessage, assistantResponse: '' })
    }
    await memory.compact(identity)
    await memory.settled()
    expect(await memory.getLlmContext(identity)).toMatchObject({
      summary: 'all of it',
      recentTurns: [{ userMessage: 'three' }],
    })
    const passage = { text: 'a lamp', bytes }
    await memory.passages.replace(identity, 'messages', [passage])
    await memory.passages.replace(identity, 'messages', [passage, passage])
    expect(await memory.passages.search(allOfRun(identity), 'messages', 'lamp')).toHaveLength(2)
    await memory.deleteAll(allOfRun({ ...identity, runId: 'none' }))
    const snapshot = await memory.snapshot(identity)
    await memory.restore(identity, { bytes: new Uint8Array() })
    expect(await memory.estimateTokens(identity)).toBe(0)
    await memory.restore(identity, snapshot)
    expect(await memory.health(identity)).toBe('healthy')
  })

  test('cannot migrate, fails with the missing right, and opens once another role has migrated', async () => {
    await runPostgresScript(
      server.dsn,
      'create schema pending; grant usage on schema pending to app',
    )
    await using database = await openAs('app', 'pending')
    const failure = await failureOf(openStateStore({ database }))
    expect(failure).toMatchObject({ code: 'migration_failed', retryable: false })
    expect(String(failure.cause)).toContain('permission denied for schema pending')
    expect(failure.message).toContain('grant it CREATE')
    expect(await rightsMissingOf('app', 'pending')).toEqual(['CREATE on the schema pending'])
    expect(await rightsMissingOf('outsider', 'pending')).toEqual(['USAGE on the schema pending'])
    expect(await rightsMissingOf('postgres', 'pending')).toEqual([])
    expect(await tablesOf('pending')).toEqual([])
    await runPostgresScript(server.dsn, 'alter schema pending owner to deployer')
    await migrated('pending')
    await using state = await openStateStore({ database })
    expect(await state.save({ eventId: newEventId(), identity, kind: 'k', bytes })).toBe('saved')
  })

  test('cannot make the schema that it names', async () => {
    await using database = await openAs('app', 'of_its_own')
    const failure = await failureOf(openStateStore({ database }))
    expect(failure).toMatchObject({ code: 'migration_failed', cause: { code: '42501' } })
    expect(failure.message).toContain('grant it CREATE')
    expect(await rightsMissingOf('app', 'of_its_own')).toEqual(['CREATE on the database'])
    expect(await rightsMissingOf('deployer', 'of_its_own')).toEqual([])
  })

  test('lacks no right once the tables exist', async () => {
    await migrated('made_for_it')
    expect(await rightsMissingOf('app', 'made_for_it')).toEqual([])
  })

  test('fails with the missing right to a table, at open or at the call', async () => {
    await migrated('forbidden')
    await using closed = await openAs('outsider', 'forbidden')
    const atOpen = await failureOf(openStateStore({ database: closed, migrate: 'verify' }))
    expect(atOpen).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(atOpen.message).toContain('grant')

    await using database = await openAs('app', 'forbidden')
    await using state = await openStateStore({ database, migrate: 'verify' })
    await runPostgresScript(server.dsn, 'revoke delete on forbidden.state_records from app')
    const atCall = await failureOf(state.delete(identity, 'note'))
    expect(atCall).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(atCall.message).toContain('a right on the table state_records: grant it')
    expect(await state.loadByEventId(identity, parseEventId('none'))).toBeUndefined()
  })
})

describe('a right to a table that the role lacks is found by diagnose and at open', () => {
  test.for([
    ['state_records', 'insert'],
    ['state_records', 'select'],
    ['state_kinds', 'select'],
    ['artifacts_blobs', 'update'],
    ['memory_state', 'delete'],
    ['memory_passages', 'insert'],
  ] as const)('%s: %s', async ([table, right]) => {
    const schema = `lacks_${table}_${right}`
    await migrated(schema)
    await runPostgresScript(server.dsn, `revoke ${right} on ${schema}.${table} from app`)
    const lacked = `${right.toUpperCase()} on the table ${table}`
    expect(await rightsMissingOf('app', schema)).toEqual([lacked])
    await using database = await openAs('app', schema)
    for (const migrate of ['verify', 'apply'] as const) {
      const failure = await failureOf(openStoreOf(table, database, migrate))
      expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
      expect(failure.message).toBe(`the role lacks ${lacked}: grant it`)
    }
  })

  test('but not one that is granted on each column', async () => {
    await migrated('by_columns')
    const columns = await queryPostgres<{ names: string }>(
      server.dsn,
      `select string_agg(column_name, ', ') as names from information_schema.columns
       where table_schema = 'by_columns' and table_name = 'state_records'`,
    )
    await runPostgresScript(
      server.dsn,
      `revoke insert on by_columns.state_records from app;
       grant insert (${columns[0]?.names}) on by_columns.state_records to app`,
    )
    expect(await rightsMissingOf('app', 'by_columns')).toEqual([])
    await using database = await openAs('app', 'by_columns')
    await using state = await openStateStore({ database, migrate: 'verify' })
    expect(await state.save({ eventId: newEventId(), identity, kind: 'k', bytes })).toBe('saved')
  })
})

async function openStoreOf(
  table: string,
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<unknown> {
  if (table.startsWith('state')) return openStateStore({ database, migrate })
  if (table.startsWith('artifacts')) return openArtifactStore({ database, migrate })
  return openMemoryStore({ database, migrate, bus: createEventBus() })
}

/** Resolves to which rights diagnose says that the role lacks. */
async function rightsMissingOf(role: string, schema: string): Promise<(string | undefined)[]> {
  const dsn = role === 'postgres' ? server.dsn : dsnOf(role)
  return (await diagnose({ dsn, schema })).map(({ name, message }) =>
    name === 'missing_right' ? /lacks (.*?)(?:,|:)/.exec(message)?.[1] : name,
  )
}

async function tablesOf(schema: string): Promise<string[]> {
  const rows = await queryPostgres<{ name: string }>(
    server.dsn,
    `select tablename as name from pg_tables where schemaname = $1`,
    [schema],
  )
  return rows.map((row) => row.name)
}
