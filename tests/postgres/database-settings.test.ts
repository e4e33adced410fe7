import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'
import { queryPostgres } from '../support/query-postgres.ts'
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

test.for(['serializable', 'repeatable read'])(
  'default_transaction_isolation = %s: concurrent saves and commits into one slot succeed',
  async (isolation) => {
    await setForSessions('default_transaction_isolation', isolation)
    await using own = await openOwnStore({ dsn: database.dsn })
    const records = Array.from({ length: 32 }, () => newRecord({ kind: isolation }))
    const saves = records.slice(0, 24).map((record) => own.state.save(record))
    const commits = records.slice(24).map((record) => own.state.commit({ save: [record] }))
    expect(new Set(await Promise.all(saves))).toEqual(new Set(['saved']))
    expect(new Set((await Promise.all(commits)).flat())).toEqual(new Set(['saved']))
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
  expect(await own.state.load(ann, record.kind)).toEqual(record)
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
