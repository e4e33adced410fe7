import { appRows, commitTogether, newEventId, openDatabase, type Part } from '@harborage/core'
import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { applicationDatabases, type ApplicationDatabase } from './support/step-databases.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }

function save(state: StateStore, kind: string): Part<string> {
  return state.prepare.save({ eventId: newEventId(), identity, kind, bytes: Buffer.from('paid') })
}

function ordersOf(application: ApplicationDatabase) {
  return application.query('select id, state, paid from orders order by id')
}

describe.for(applicationDatabases)('rows of the application on $title', ({ open }) => {
  test('are written in the commit of the step, in their order, once', async () => {
    await using application = await open()
    const { database, placeholder: at } = application
    await using state = await openStateStore({ database })
    const record = { eventId: newEventId(), identity, kind: 'order', bytes: Buffer.from('paid') }
    const apply = () =>
      commitTogether({
        stepId: 'pay/o1',
        parts: {
          line: appRows(database, {
            sql: `insert into order_lines (order_id, item) values (${at(1)}, ${at(2)})`,
            params: ['o3', 'tea'],
          }),
          order: appRows(database, {
            sql: `INSERT INTO orders (id, state) VALUES (${at(1)}, ${at(2)}) returning id`,
            parameters: ['o3', 'new'],
          }),
          paid: appRows(database, {
            sql: `update orders set state = ${at(1)}, paid = paid + 1 where state = 'new'`,
            parameters: ['paid'],
          }),
          gone: appRows(database, { sql: ` delete from orders where id = 'o2'`, parameters: [] }),
          saved: state.prepare.save(record),
        },
      })
    const first = await apply()
    expect(first).toEqual({ line: 1, order: 1, paid: 3, gone: 1, saved: 'saved' })
    expect(await apply()).toEqual(first)
    expect(await ordersOf(application)).toMatchObject([
      { id: 'o1', state: 'paid', paid: 1 },
      { id: 'o3', state: 'paid', paid: 1 },
    ])
  })

  test('are not written if another part fails, and the other parts not if they fail', async () => {
    await using application = await open()
    const { database, placeholder: at } = application
    await using state = await openStateStore({ database })
    const before = await ordersOf(application)
    const pay = { sql: `update orders set state = 'paid', paid = ${at(1)}`, parameters: [1] }
    const unmet = state.prepare.expect({ identity, kind: 'lease', eventId: newEventId() })
    const condition = commitTogether({
      stepId: newEventId(),
      parts: { saved: save(state, 'k'), order: appRows(database, pay), unmet },
    })
    expect(await failureOf(condition)).toMatchObject({ code: 'condition_failed', part: 'unmet' })
    const refused = [
      'insert into orders (id, state) values (1)',
      "insert into orders (id, state) values ('o1', 'twice')",
      'update no_such_table set a = 1',
      "insert into order_lines (order_id, item) values ('no such order', 'tea')",
    ]
    for (const sql of refused) {
      const wrong = appRows(database, { sql, parameters: [] })
      const failing = commitTogether({
        stepId: newEventId(),
        parts: { wrong, saved: save(state, 'k') },
      })
      const failure = await failureOf(failing)
      expect(failure).toMatchObject({ code: 'app_rows_failed', part: 'wrong', retryable: false })
      expect(failure.cause).toBeInstanceOf(Error)
    }
    expect(await ordersOf(application)).toEqual(before)
    expect(await state.load(identity, 'k')).toBeUndefined()
    // The database works as before.
    expect(await commitTogether({ parts: { saved: save(state, 'k') } })).toEqual({ saved: 'saved' })
  })

  test('fail with the part if they have too few or too many values', async () => {
    await using application = await open()
    const { database, placeholder: at } = application
    await using state = await openStateStore({ database })
    const before = await ordersOf(application)
    const fine = { sql: `update orders set paid = ${at(1)}`, parameters: [7] }
    const refused = [
      { sql: `update orders set paid = ${at(1)}`, parameters: [] },
      { sql: `update orders set paid = ${at(1)}, state = ${at(2)}`, parameters: [7] },
      { sql: 'update orders set paid = 7', parameters: [5] },
      { sql: 'update orders set paid = 7', parameters: Array.from({ length: 65_537 }, () => 5) },
    ]
    for (const statement of refused) {
      const failing = commitTogether({
        stepId: newEventId(),
        parts: {
          first: appRows(database, fine),
          wrong: appRows(database, statement),
          saved: save(state, 'k'),
        },
      })
      const failure = await failureOf(failing)
      expect(failure).toMatchObject({ code: 'app_rows_failed', part: 'wrong', retryable: false })
      expect(await state.load(identity, 'k')).toBeUndefined()
    }
    expect(await ordersOf(application)).toEqual(before)
    const parts = { saved: save(state, 'k'), first: appRows(database, fine) }
    expect(await commitTogether({ stepId: '1', parts })).toEqual({ saved: 'saved', first: 2 })
  })

  test('are one statement of a kind that writes rows', async () => {
    await using application = await open()
    const { database } = application
    await using state = await openStateStore({ database })
    const two = "update orders set paid = 1; update orders set state = 'both'"
    const wrong = appRows(database, { sql: two, parameters: [] })
    const failing = commitTogether({ stepId: '1', parts: { saved: save(state, 'k'), wrong } })
    expect(await failureOf(failing)).toMatchObject({ code: 'app_rows_failed', part: 'wrong' })
    expect(await ordersOf(application)).toMatchObject([{ state: 'new' }, { state: 'new' }])
  })

  test('need a step id and a part of a store', async () => {
    await using application = await open()
    const { database } = application
    await using state = await openStateStore({ database })
    const rows = () => appRows(database, { sql: 'delete from orders', parameters: [] })
    const unnamed = commitTogether({ parts: { saved: save(state, 'k'), rows: rows() } })
    expect(await failureOf(unnamed)).toMatchObject({ code: 'invalid_record', part: 'rows' })
    const alone = commitTogether({ stepId: '1', parts: { rows: rows() } })
    expect(await failureOf(alone)).toMatchObject({ code: 'invalid_record', part: 'rows' })
    expect(await ordersOf(application)).toHaveLength(2)
  })
})

const onPostgres = applicationDatabases.filter(({ title }) => title !== 'SQLite')

describe.for(onPostgres)('statements that $title refuses', ({ open }) => {
  test('name their part if they use what Postgres does not support', async () => {
    await using application = await open()
    const { database } = application
    await using state = await openStateStore({ database })
    await application.run('create view sums as select state, sum(paid) from orders group by state')
    const statements = [
      { sql: 'update orders set paid = $1', parameters: ['many'], sqlState: '22P02' },
      { sql: 'update orders set paid = $0', parameters: [], sqlState: '42P02' },
      { sql: "insert into sums values ('new', 1)", parameters: [], sqlState: '55000' },
      {
        sql: 'update other.public.orders set paid = 1',
        parameters: [],
        sqlState: '0A000',
      },
    ]
    for (const { sqlState, ...statement } of statements) {
      const failing = commitTogether({
        stepId: newEventId(),
        parts: { saved: save(state, 'k'), wrong: appRows(database, statement) },
      })
      const failure = await failureOf(failing)
      expect(failure).toMatchObject({ code: 'app_rows_failed', part: 'wrong', retryable: false })
      expect(failure.cause).toMatchObject({ code: sqlState })
    }
    expect(await state.load(identity, 'k')).toBeUndefined()
  })

  test('may be repeated after a time limit of the server', async () => {
    await using application = await open()
    const { database } = application
    await using state = await openStateStore({ database })
    await application.run(
      `create function slow() returns trigger language plpgsql as
        $$ begin raise exception using errcode = '57014'; end $$;
       create trigger slow before update on orders for each row execute function slow()`,
    )
    const slow = appRows(database, { sql: 'update orders set paid = 1', parameters: [] })
    const parts = { saved: save(state, 'k'), slow }
    const failure = await failureOf(commitTogether({ stepId: '1', parts }))
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(await state.load(identity, 'k')).toBeUndefined()
    await application.run('drop trigger slow on orders')
    expect(await commitTogether({ stepId: '1', parts })).toEqual({ saved: 'saved', slow: 2 })
  })
})

test('what is no statement about rows is refused when it is prepared', async () => {
  await using database = await openDatabase('sqlite::memory:')
  const statement = { sql: 'delete from orders', parameters: [] }
  expect(() => appRows(database, statement)).toThrow(
    expect.objectContaining({ code: 'database_mismatch' }),
  )
  await using state = await openStateStore({ database })
  expect(await state.load(identity, 'k')).toBeUndefined()
  const wrong: readonly unknown[] = [
    undefined,
    null,
    'delete from orders',
    {},
    { sql: 'delete from orders' },
    { sql: 7, parameters: [] },
    { sql: 'delete from orders', parameters: 'o1' },
    { sql: '', parameters: [] },
    { sql: 'select * from orders', parameters: [] },
    { sql: 'with gone as (delete from orders) select 1', parameters: [] },
    { sql: 'drop table orders', parameters: [] },
    { sql: 'commit', parameters: [] },
    { sql: 'begin; delete from orders', parameters: [] },
    { sql: 'deleted', parameters: [] },
    { sql: 'delete from orders where id = ?', parameters: [undefined] },
    { sql: 'delete from orders where id = ?', parameters: [Number.NaN] },
    { sql: 'delete from orders where id = ?', parameters: [() => 'o1'] },
    { sql: 'delete from orders where id = ?', parameters: [Symbol('o1')] },
  ]
  for (const each of wrong) {
    expect(() => appRows(database, each as never)).toThrow(
      expect.objectContaining({ code: 'invalid_record' }),
    )
  }
  for (const each of [undefined, null, 'database', {}]) {
    expect(() => appRows(each as never, statement)).toThrow(
      expect.objectContaining({ name: 'HarborageError' }),
    )
  }
})

test('values are captured when a statement is prepared', async () => {
  await using application = await openFirst()
  const { database } = application
  await using state = await openStateStore({ database })
  await application.run('create table anything (a blob, b text, c integer, d text, e integer)')
  const bytes = Buffer.from('abc')
  const parameters: unknown[] = [bytes, null, 7, 'text', 1n]
  const sql = 'insert into anything values (?, ?, ?, ?, ?)'
  const part = appRows(database, { sql, parameters })
  bytes.fill(0)
  parameters.fill('changed')
  await commitTogether({ stepId: '1', parts: { saved: save(state, 'k'), part } })
  expect(await application.query('select * from anything')).toEqual([
    { a: Buffer.from('abc'), b: null, c: 7, d: 'text', e: 1 },
  ])
})

function openFirst(): Promise<ApplicationDatabase> {
  const [first] = applicationDatabases
  if (first === undefined) throw new Error('SQLite is the first database')
  return first.open()
}
