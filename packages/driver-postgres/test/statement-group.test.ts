import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import { StatementGroup } from '../src/internal/statement-group.ts'

const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'
/** Fails as a BEGIN does that was canceled. */
const FAILING_BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ BOTH'

let created: TestDatabase
let client: pg.Client

beforeAll(async () => {
  created = await createDatabase()
})

afterAll(() => created.drop())

beforeEach(async () => {
  client = new pg.Client({ connectionString: created.dsn, pipeline: true })
  await client.connect()
  await client.query('drop table if exists notes; create table notes (text text primary key)')
})

afterEach(() => client.end())

interface Statement {
  readonly text: string
  readonly name?: string
  readonly values?: unknown[]
}

const insert = (text: string): Statement => ({
  name: 'insert_note',
  text: 'insert into notes (text) values ($1)',
  values: [text],
})
const count: Statement = {
  name: 'count_notes',
  text: 'select count(*)::integer as count from notes',
}

/** Sends a group, and settles as each of its statements does. */
function send(begin: string, statements: readonly Statement[]) {
  const waiting = statements.map(() => Promise.withResolvers<pg.QueryResult>())
  const group = new StatementGroup(
    begin,
    statements.map((config, index) => ({
      config,
      answer: (error, result) => {
        if (error) waiting[index]?.reject(error)
        else waiting[index]?.resolve(result)
      },
    })),
  )
  client.query(group)
  return Promise.allSettled(waiting.map(({ promise }) => promise))
}

async function rowsOf(): Promise<number | undefined> {
  const { rows } = await client.query<{ count: number }>('select count(*)::integer from notes')
  return rows[0]?.count
}

test('a group answers each of its statements, within one transaction', async () => {
  const outcomes = await send(BEGIN, [insert('a'), count, insert('b'), count, { text: 'select 1' }])
  const answers = outcomes.map((each) =>
    each.status === 'fulfilled' ? [each.value.rowCount, each.value.rows] : String(each.reason),
  )
  expect(answers).toEqual([
    [1, []],
    [1, [{ count: 1 }]],
    [1, []],
    [1, [{ count: 2 }]],
    [1, [{ '?column?': 1 }]],
  ])
  await client.query('ROLLBACK')
  expect(await rowsOf()).toBe(0)
})

test('nothing runs if BEGIN fails, and the statements can be prepared later', async () => {
  const outcomes = await send(FAILING_BEGIN, [insert('a'), count, insert('b')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await rowsOf()).toBe(0)
  const again = await send(BEGIN, [insert('a'), count])
  expect(again.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  await client.query('COMMIT')
  expect(await rowsOf()).toBe(1)
})

test('all fail with the error of the first that fails, and COMMIT rolls back', async () => {
  const wrong = { name: 'wrong', text: 'insert into no_such_table values ($1)', values: ['a'] }
  for (const failing of [insert('a'), wrong]) {
    const outcomes = await send(BEGIN, [insert('a'), failing, count])
    const errors = outcomes.map((each) => (each.status === 'rejected' ? String(each.reason) : ''))
    expect(errors[0]).toMatch(/duplicate key|no_such_table/)
    expect(new Set(errors).size).toBe(1)
    expect((await client.query('COMMIT')).command).toBe('ROLLBACK')
    expect(await rowsOf()).toBe(0)
  }
  // Those behind the failed one were not prepared, those before it were.
  await send(BEGIN, [count, insert('a')])
  await client.query('COMMIT')
  await client.query(insert('b'))
  expect(await rowsOf()).toBe(2)
})

test('a statement that is sent right behind a group is answered after it', async () => {
  const sending = send(BEGIN, [insert('a')])
  const [behind, committed] = [client.query(count), client.query('COMMIT')]
  expect((await sending)[0]).toMatchObject({ status: 'fulfilled' })
  expect((await behind).rows).toEqual([{ count: 1 }])
  expect((await committed).command).toBe('COMMIT')
})

test('a lost connection fails every statement of a group', async () => {
  client.on('error', () => {})
  const sending = send(BEGIN, [{ text: 'select pg_sleep(60)' }, insert('a')])
  client.connection.stream.destroy()
  expect((await sending).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
