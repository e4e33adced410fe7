import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database, newEventId } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { failureOf } from '@harborage/test-kit/failure-of'
import { runPostgresScript } from '@harborage/test-kit/postgres/query'

// A server of its own, because a server that was named for the tests may not let them make roles.
let server: PostgresServer

const tables = [
  'state_records',
  'state_kinds',
  'artifacts_blobs',
  'memory_state',
  'memory_passages',
] as const
const schema = 'guarded'

beforeAll(async () => {
  server = await startPostgresServer({ settings: { fsync: 'off' } })
  await runPostgresScript(
    server.dsn,
    `create role app login password 'app'; create role owner login password 'owner';
     create schema guarded authorization owner; grant usage on schema guarded to app`,
  )
  await using database = await openAs('owner')
  await openAll(database)
  await runPostgresScript(server.dsn, `grant all on all tables in schema guarded to app`)
})

afterAll(() => server.stop())

function dsnOf(role: string): string {
  const dsn = new URL(server.dsn)
  dsn.username = role
  dsn.password = role
  return dsn.href
}

function openAs(role: string): Promise<Database> {
  return openPostgres({ dsn: dsnOf(role), schema })
}

async function openAll(database: Database, migrate: 'apply' | 'verify' = 'apply'): Promise<void> {
  await using _state = await openStateStore({ database, migrate })
  await using _artifacts = await openArtifactStore({ database, migrate })
  await using _memory = await openMemoryStore({ database, migrate, bus: createEventBus() })
}

/** Runs the script for one table, and undoes it afterward. */
async function guarded(table: string, script: string): Promise<AsyncDisposable> {
  await runPostgresScript(server.dsn, script)
  return {
    async [Symbol.asyncDispose]() {
      await runPostgresScript(
        server.dsn,
        `do $$declare name text; begin
           for name in select policyname from pg_policies where schemaname = '${schema}' loop
             execute format('drop policy %I on ${schema}.${table}', name);
           end loop;
         end$$;
         alter table ${schema}.${table} disable row level security;
         alter table ${schema}.${table} no force row level security;
         alter role app nobypassrls`,
      )
    },
  }
}

const enable = (table: string): string => `alter table ${schema}.${table} enable row level security`

async function isRefused(table: string, role = 'app'): Promise<void> {
  await using database = await openAs(role)
  for (const migrate of ['apply', 'verify'] as const) {
    const failure = await failureOf(openAll(database, migrate))
    expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(failure.message).toContain(`${table}: row security`)
  }
  expect(await diagnose({ dsn: dsnOf(role), schema })).toMatchObject([
    { name: 'hidden_rows', grade: 'loses_data' },
  ])
}

test.for(tables)('row security on %s without a policy for the role is rejected', async (table) => {
  await using _ = await guarded(table, enable(table))
  await isRefused(table)
})

test.for([
  ['shows the rows of one tenant', `using (tenant_id = current_setting('app.tenant', true))`],
  ['is for another role', 'to owner using (true)'],
  ['is for reading only', 'for select using (true)'],
  ['lets only some rows be written', `using (true) with check (tenant_id = 'acme')`],
] as const)('a policy that %s is refused', async ([, policy]) => {
  const table = 'state_records'
  const script = `${enable(table)}; create policy one on ${schema}.${table} ${policy}`
  await using _ = await guarded(table, script)
  await isRefused(table)
})

test('a restrictive policy beside a permissive one is rejected', async () => {
  const table = 'memory_state'
  await using _ = await guarded(
    table,
    `${enable(table)}; create policy everything on ${schema}.${table} using (true);
     create policy few on ${schema}.${table} as restrictive for delete using (tenant_id = 'acme')`,
  )
  await isRefused(table)
})

test('row security that is forced on the owner is also rejected for the owner', async () => {
  const table = 'artifacts_blobs'
  const script = `${enable(table)}; alter table ${schema}.${table} force row level security`
  await using _ = await guarded(table, script)
  await isRefused(table, 'owner')
})

test('row security on the ledger of migrations does not make them seem to be missing', async () => {
  const table = 'harbor_state_migrations'
  await using _ = await guarded(table, enable(table))
  await using database = await openAs('app')
  const failure = await failureOf(openStateStore({ database, migrate: 'verify' }))
  expect(failure.message).toContain(`${table}: row security`)
})

test.for([
  ['a policy that shows everything', `create policy everything on TABLE using (true)`],
  [
    'policies that show everything together',
    `create policy a on TABLE for select to app using (true);
     create policy b on TABLE for insert to app with check (true);
     create policy c on TABLE for update to public using (true);
     create policy d on TABLE for delete using (true)`,
  ],
  ['BYPASSRLS', 'alter role app bypassrls'],
] as const)('row security is no obstacle with %s', async ([, script]) => {
  const table = 'state_records'
  const policies = script.replaceAll('TABLE', `${schema}.${table}`)
  await using _ = await guarded(table, `${enable(table)}; ${policies}`)
  await using database = await openAs('app')
  await openAll(database, 'verify')
  expect(await diagnose({ dsn: dsnOf('app'), schema })).toEqual([])
})

test('row security that comes while a store is open is named by a save that it keeps out', async () => {
  await using database = await openAs('app')
  await using state = await openStateStore({ database, migrate: 'verify' })
  await using _ = await guarded('state_records', enable('state_records'))
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
  const save = state.save({ eventId: newEventId(), identity, kind: 'k', bytes: new Uint8Array() })
  const failure = await failureOf(save)
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
  expect(failure.message).toContain('row security')
})
