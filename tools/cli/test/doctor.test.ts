import { existsSync } from 'node:fs'
import { link } from 'node:fs/promises'
import { createEventBus } from '@harborage/core'
import { requireSqlDatabase } from '@harborage/core/sql'
import { openMemoryStore } from '@harborage/memory'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { engines, fill, session, type TestPlace, withoutTables } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

/** Returns the names and grades of what `doctor` finds. */
async function findingsOf(at: TestPlace, ...args: readonly string[]): Promise<readonly string[]> {
  const lines = jsonLinesOf(await runCommand(['doctor', '--json', ...args], at))
  return lines
    .filter(({ type }) => type === 'finding')
    .map(({ name, grade }) => `${String(grade)} ${String(name)}`)
}

async function execute(at: TestPlace, statement: string): Promise<void> {
  await using database = await at.open()
  await requireSqlDatabase(database).migrate({ name: 'test', tables: [] }, async (db) => {
    await sql.raw(statement).execute(db)
  })
}

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('doctor finds nothing in a healthy place', async () => {
    const at = await place()
    await fill(at)
    const { code, stdout } = await runCommand(['doctor'], at)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^healthy /)
  })

  test('it finds conversations of several strategies, and rows that belong to nothing', async () => {
    const at = await place()
    await fill(at)
    {
      await using database = await at.open()
      const rules = {
        strategy: 'rolling_summary',
        bus: createEventBus(),
        summarizer: { summarize: async () => ({ summary: '' }) },
      } as const
      await using memory = await openMemoryStore({ database, ...rules })
      const other = { ...session, sessionId: 's2' }
      await memory.addTurn(other, { userMessage: 'Hello.', assistantResponse: 'Hi.' })
    }
    expect(await findingsOf(at)).toEqual(['fails several_strategies'])
    await execute(at, `delete from memory_state where kind = 'memory.state' and session_id = 's2'`)
    expect(await findingsOf(at)).toEqual(['slows orphaned_turns'])
    await execute(at, 'delete from journal_streams')
    expect(await findingsOf(at)).toEqual(['slows orphaned_turns', 'slows orphaned_entries'])
    const { code, stdout } = await runCommand(['doctor'], at)
    expect(code).toBe(3)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('restore what they belong to or delete them')
  })
})

test('a place without tables, such as a misspelled one, is a problem for doctor and usage', async () => {
  const at = await engines.SQLite()
  const folder = { ...at, env: { ...at.env, HARBORAGE_ARTIFACTS: 'fs:/none/artifacts' } }
  expect(await findingsOf(at)).toEqual(['fails no_tables'])
  expect((await runCommand(['doctor'], at)).code).toBe(3)
  expect(await findingsOf(folder)).toEqual(['fails no_tables', 'fails missing'])
  const { code, stderr } = await runCommand(['usage'], at)
  expect(code).toBe(4)
  expect(stderr).toContain('the profile has no tables in sqlite')
  expect(existsSync(at.dsn.slice('sqlite:'.length))).toBe(false)
  const server = await withoutTables.Postgres()
  expect(await findingsOf(server)).toEqual(['fails no_tables'])
  expect((await runCommand(['usage'], server)).code).toBe(4)
})

test('it says what loses data first, and does not open such a place', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const path = at.dsn.slice('sqlite:'.length)
  await link(path, `${path}.second`)
  expect(await findingsOf(at)).toEqual(['loses_data hard_links'])
})

test('it checks the connections of all replicas together', async () => {
  const at = await engines.Postgres()
  await fill(at)
  expect(await findingsOf(at, '--replicas', '2')).toEqual([])
  expect(await findingsOf(at, '--replicas', '1000')).toEqual(['slows server_connections'])
})
