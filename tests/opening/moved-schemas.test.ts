import { newEventId } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'

const columns =
  'tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, event_trail, bytes'
const maintenance = { maintenanceScoped: true } as const
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

async function withStore<Result>(
  schema: string,
  use: (state: StateStore) => Promise<Result>,
  migrate: 'apply' | 'verify' = 'apply',
): Promise<Result> {
  await using shared = await openPostgres({ dsn: database.dsn, schema })
  await using state = await openStateStore({ database: shared, migrate })
  return await use(state)
}

const nothing = async (): Promise<void> => {}

function saving(...kinds: readonly string[]): (state: StateStore) => Promise<void> {
  return async (state) => {
    for (const kind of kinds) {
      await state.save({ eventId: newEventId(), identity, kind, bytes: new Uint8Array([1]) })
    }
  }
}

async function listed(state: StateStore): Promise<string[]> {
  const kinds = []
  for await (const { kind } of state.listKind(maintenance, 'k')) kinds.push(kind)
  return kinds
}

async function keptKinds(schema: string): Promise<string[]> {
  const rows = await queryPostgres<{ kind: string }>(
    database.dsn,
    `select kind from ${schema}.state_kinds order by kind`,
  )
  return rows.map(({ kind }) => kind)
}

function run(script: string): Promise<void> {
  return runPostgresScript(database.dsn, script)
}

/**
 * Returns the script of an earlier release: the function without the schema of its table, and the
 * ledger of that release.
 */
function withNameInside(schema: string): string {
  const slot = ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind']
  const list = (row: string): string => slot.map((column) => `${row}.${column}`).join(', ')
  return `
    create or replace function ${schema}.state_kinds_keep() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $body$begin
      case tg_op
        when 'INSERT' then
          insert into ${schema}.state_kinds (${slot.join(', ')}) values (${list('new')});
        when 'DELETE' then
          delete from ${schema}.state_kinds where (${slot.join(', ')}) = (${list('old')});
        when 'TRUNCATE' then truncate ${schema}.state_kinds;
      end case;
      return null;
    end$body$;
    alter table ${schema}.state_records drop column created_at, drop column expiry;
    delete from ${schema}.harbor_state_migrations where name >= '0005'`
}

describe('a schema that was renamed', () => {
  test('keeps the kinds of new slots, of removed ones, and of none', async () => {
    await withStore('before', saving('k1', 'k2'))
    await run('alter schema before rename to "After the rename"')
    await run('create schema before')
    await run('alter schema "After the rename" rename to afterwards')
    const kinds = await withStore(
      'afterwards',
      async (state) => {
        await saving('k3')(state)
        await state.delete(identity, 'k1')
        return listed(state)
      },
      'verify',
    )
    expect(kinds).toEqual(['k2', 'k3'])
    expect(await keptKinds('afterwards')).toEqual(kinds)
    await run('truncate afterwards.state_records')
    expect(await keptKinds('afterwards')).toEqual([])
  })

  test('by a version that kept the name inside gets back the kinds that went astray', async () => {
    await withStore('inside', saving('k1', 'k2'))
    await run(withNameInside('inside'))
    await run('alter schema inside rename to moved')
    await withStore('inside', saving('k9'))
    // As a replica of that version goes on saving: into the kinds of the other schema.
    await run(`insert into moved.state_records (${columns}) select tenant_id, user_id, session_id, run_id, 'k3', 'event 3',
      version, updated_at, event_trail, bytes from moved.state_records where kind = 'k1'`)
    expect(await keptKinds('moved')).toEqual(['k1', 'k2'])
    expect(await keptKinds('inside')).toEqual(['k3', 'k9'])

    const kinds = await withStore('moved', async (state) => {
      await saving('k4')(state)
      return listed(state)
    })
    expect(kinds).toEqual(['k1', 'k2', 'k3', 'k4'])
    expect(await keptKinds('moved')).toEqual(kinds)
    expect(await withStore('inside', listed)).toEqual(['k9'])
  })

  test('is renamed during the saves of a connection', async () => {
    await withStore('under', async (state) => {
      await saving('k1')(state)
      await run('alter schema under rename to elsewhere; create schema under')
      const failure = await failureOf(saving('k2')(state))
      expect(failure.message).toContain('a table of the store is gone')
      await run('drop schema under; alter schema elsewhere rename to under')
      await saving('k3')(state)
      expect(await listed(state)).toEqual(['k1', 'k3'])
    })
  })
})

describe('a copy of the tables under another schema', () => {
  const copiedTables = [
    'state_records',
    'state_kinds',
    'harbor_state_migrations',
    'steps_applied',
    'harbor_steps_migrations',
  ] as const

  /** What a dump says of them, with the name of the schema replaced where it names an object. */
  async function copy(from: string, to: string): Promise<void> {
    const [row] = await queryPostgres<{ definition: string; triggers: string }>(
      database.dsn,
      `select pg_get_functiondef('${from}.state_kinds_keep'::regproc) as definition,
        (select string_agg(pg_get_triggerdef(oid), ';') from pg_trigger
         where tgrelid = '${from}.state_records'::regclass) as triggers`,
    )
    if (row === undefined) throw new Error('there is a function to copy')
    const moved = (text: string): string => text.replaceAll(`${from}.`, `${to}.`)
    await run(`create schema ${to};
      ${copiedTables
        .map(
          (table) => `create table ${to}.${table} (like ${from}.${table} including all);
            insert into ${to}.${table} select * from ${from}.${table}`,
        )
        .join(';')};
      ${moved(row.definition)};
      ${moved(row.triggers)}`)
  }

  test('is opened and keeps its own kinds', async () => {
    await withStore('original', saving('k1'))
    await copy('original', 'copied')
    const kinds = await withStore(
      'copied',
      async (state) => {
        await saving('k2')(state)
        return listed(state)
      },
      'verify',
    )
    expect(kinds).toEqual(['k1', 'k2'])
    expect(await withStore('original', listed, 'verify')).toEqual(['k1'])
    expect(await keptKinds('original')).toEqual(['k1'])
  })

  test.for([
    ['without the trigger', 'drop trigger state_kinds_keep on copy.state_records', 'is gone'],
    [
      'with a trigger that is disabled',
      'alter table copy.state_records disable trigger state_kinds_keep',
      'is disabled',
    ],
    [
      'with a trigger that calls the function of the schema that was copied',
      `drop trigger state_kinds_keep on copy.state_records;
       create trigger state_kinds_keep after insert or delete on copy.state_records
       for each row execute function original.state_kinds_keep()`,
      'another schema',
    ],
    ['without the table of kinds', 'drop table copy.state_kinds', 'table state_kinds is gone'],
  ] as const)('%s is refused', async ([, script, reason]) => {
    await withStore('original', nothing)
    await copy('original', 'copy')
    try {
      await run(script)
      for (const migrate of ['apply', 'verify'] as const) {
        const failure = await failureOf(withStore('copy', nothing, migrate))
        expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
        expect(failure.message).toContain(reason)
      }
    } finally {
      await run('drop schema copy cascade')
    }
  })

  test('is found by diagnose to call a function of another schema', async () => {
    await withStore('seen', nothing)
    await copy('seen', 'unseen')
    await run(`drop trigger state_kinds_keep_none on unseen.state_records;
      create trigger state_kinds_keep_none after truncate on unseen.state_records
      for each statement execute function seen.state_kinds_keep()`)
    expect(await diagnose({ dsn: database.dsn, schema: 'unseen' })).toMatchObject([
      { name: 'broken_trigger', grade: 'loses_data' },
    ])
    expect(await diagnose({ dsn: database.dsn, schema: 'seen' })).toEqual([])
  })
})

test('a table of the session is not taken for the one of kinds that is gone', async () => {
  await withStore('lost', nothing)
  await run('drop table lost.state_kinds')
  const script = `create temp table state_kinds (like lost.state_records);
    insert into lost.state_records (${columns}) values ('t', 'u', 's', '', 'k', 'e', 0, 0, '', '')`
  await expect(run(script)).rejects.toMatchObject({ code: '42P01' })
})
