import { requireSqlDatabase, type SqlWork, type TransactionTraits } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import pg, { Pool } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

// What an operator sets for a role or a database arrives in each session in the same way.
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

async function setForSessions(setting: string, value: string): Promise<void> {
  const name = new URL(database.dsn).pathname.slice(1)
  await queryPostgres(database.dsn, `alter database "${name}" set ${setting} = '${value}'`)
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

test.for(['escape', 'hex'])(
  'bytea_output = %s: every byte is read as it was saved',
  async (form) => {
    await setForSessions('bytea_output', form)
    await using own = await openOwnStore({ dsn: database.dsn })
    const looksLikeHex = new TextEncoder().encode('\\x4142')
    const looksLikeEscape = new TextEncoder().encode('\\101\\\\')
    for (const bytes of [everyByte, looksLikeHex, looksLikeEscape, new Uint8Array()]) {
      await own.state.save(newRecord({ bytes }))
      expect((await own.state.load(ann, 'note'))?.bytes).toEqual(bytes)
    }
  },
)

test('bytea_output = escape: parsers that the process has set for all pools change nothing', async () => {
  await setForSessions('bytea_output', 'escape')
  const parser = pg.types.getTypeParser(pg.types.builtins.BYTEA) as (text: string) => unknown
  pg.types.setTypeParser(pg.types.builtins.BYTEA, () => 'not what the server sent')
  onTestFinished(() => pg.types.setTypeParser(pg.types.builtins.BYTEA, parser))
  await using own = await openOwnStore({ dsn: database.dsn })
  await own.state.save(newRecord({ bytes: everyByte }))
  expect((await own.state.load(ann, 'note'))?.bytes).toEqual(everyByte)
})

test('a read-only role fails with the reason', async () => {
  await using own = await openOwnStore({ dsn: database.dsn, retryTimeoutMs: 100 })
  const dsn = new URL(database.dsn)
  dsn.searchParams.set('application_name', 'late')
  await using late = await openOwnStore({ dsn: dsn.href, retryTimeoutMs: 100 })
  await setForSessions('default_transaction_read_only', 'on')
  onTestFinished(() => queryPostgres(database.dsn, resetReadOnly()).then(() => {}))
  await queryPostgres(
    database.dsn,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'late'`,
  )
  // A read notices that the connection is gone, and takes another one.
  await late.state.load(ann, 'note')
  for (const call of [
    () => openPostgres({ dsn: database.dsn }),
    () => late.state.save(newRecord()),
  ]) {
    const failure = await failureOf(call())
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(failure.message).toContain('default_transaction_read_only')
  }
  expect(await own.state.save(newRecord())).toBe('saved')
})

function resetReadOnly(): string {
  const name = new URL(database.dsn).pathname.slice(1)
  return `begin read write; alter database "${name}" reset default_transaction_read_only; commit`
}

test('a database with another encoding than UTF-8 is rejected', async () => {
  const name = `${new URL(database.dsn).pathname.slice(1)}_latin1`
  await queryPostgres(
    database.dsn,
    `create database "${name}" encoding 'LATIN1' locale 'C' template template0`,
  )
  onTestFinished(() => queryPostgres(database.dsn, `drop database "${name}"`).then(() => {}))
  const dsn = new URL(database.dsn)
  dsn.pathname = `/${name}`
  const failure = await failureOf(openPostgres({ dsn: dsn.href }))
  expect(failure.code).toBe('invalid_config')
  expect(failure.message).toContain('LATIN1')
})

/**
 * The process is busy with something else once, between the statements of a transaction and its
 * COMMIT.
 */
class BusyDatabase extends DelegatingDatabase {
  #isBusy = true

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return this.real.transaction(traits, (mayBeApplied) => this.#delayed(work(mayBeApplied)))
  }

  *#delayed<Result>(work: SqlWork<Result>): SqlWork<Result> {
    const result = yield* work
    if (this.#isBusy) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
    this.#isBusy = false
    return result
  }
}

test('a transaction that was idle for longer than the server allows is made again', async () => {
  const dsn = new URL(database.dsn)
  dsn.searchParams.set('options', '-c idle_in_transaction_session_timeout=400')
  await using shared = await openPostgres({ dsn: dsn.href, retryTimeoutMs: HANG_LIMIT_MS })
  const busy = new BusyDatabase(requireSqlDatabase(shared))
  await using state = await openStateStore({ database: busy })
  const record = newRecord({ kind: 'idle' })
  const expected = { identity: ann, kind: record.kind, eventId: null }
  expect((await state.commit({ expect: [expected], save: [record] })).save).toEqual(['saved'])
})

test.for(['serializable', 'repeatable read'])(
  'default_transaction_isolation = %s: concurrent saves and commits into one slot succeed',
  async (isolation) => {
    await setForSessions('default_transaction_isolation', isolation)
    await using own = await openOwnStore({ dsn: database.dsn })
    const records = Array.from({ length: 32 }, () => newRecord({ kind: isolation }))
    const saves = records.slice(0, 24).map((record) => own.state.save(record))
    const commits = records.slice(24).map((record) => own.state.commit({ save: [record] }))
    expect(new Set(await Promise.all(saves))).toEqual(new Set(['saved']))
    expect(new Set((await Promise.all(commits)).flatMap(({ save }) => save))).toEqual(
      new Set(['saved']),
    )
    const last = await own.state.load(ann, isolation)
    expect(records.map(({ eventId }) => eventId)).toContain(last?.eventId)
    await setForSessions('default_transaction_isolation', 'read committed')
  },
)

test('settings of how dates, numbers and texts look change nothing', async () => {
  await setForSessions('datestyle', 'German')
  await setForSessions('extra_float_digits', '-15')
  await setForSessions('standard_conforming_strings', 'off')
  await using own = await openOwnStore({ dsn: database.dsn })
  const record = newRecord({
    kind: "it's \\ odd",
    version: Number.MAX_SAFE_INTEGER,
    updatedAt: new Date('1969-12-31T23:59:59.999Z'),
  })
  await own.state.save(record)
  expect(await own.state.load(ann, record.kind)).toEqual({ ...record, createdAt: record.updatedAt })
})

test("parsers that the caller's pool has set do not change what is read", async () => {
  const pool = new Pool({
    connectionString: database.dsn,
    types: { getTypeParser: () => () => 'not what the server sent' },
  })
  const shared = await openPostgres({ pool, schema: 'public' })
  const state = await openStateStore({ database: shared })
  const record = newRecord({ kind: 'parsed', version: 7 })
  await state.save(record)
  expect(await state.load(ann, 'parsed')).toMatchObject({ version: 7, bytes: record.bytes })
  await state.close()
  await shared.close()
  await pool.end()
})
