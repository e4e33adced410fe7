import { allOfSession } from '@harborage/core'
import type { NewStateRecord, StateStore, StateTransaction } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openOwnStore, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

// As it is on the wire: BEGIN names the isolation level READ COMMITTED.
const COMMIT = 'COMMIT\0'

const END_OF_TIME = new Date(8.64e15)

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

/**
 * Resolves to the event ids that a slot has held, from the row that the server has: one mark for
 * each.
 */
async function timesWritten(kind: string): Promise<number | undefined> {
  const [row] = await queryPostgres<{ marks: number }>(
    database.dsn,
    `select array_length(string_to_array(event_trail, ','), 1) - 1 as marks from state_records where kind = $1`,
    [kind],
  )
  return row?.marks
}

/** Returns a commit that is a transaction of several statements, as it has an expectation. */
function intoEmpty(record: NewStateRecord): StateTransaction {
  return { expect: [{ identity: ann, kind: record.kind, eventId: null }], save: [record] }
}

describe.for([true, false])('with preparedStatements: %s', (preparedStatements) => {
  const kind = (name: string): string => `${name} ${preparedStatements}`

  test('a save whose answer is lost is applied once and answers unchanged', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const record = newRecord({ kind: kind('lost answer') })
    const lost = proxy.failOnce(record.kind, 'cut the answer')
    expect(await own.state.save(record)).toBe('unchanged')
    await lost
    expect(await own.state.load(ann, record.kind)).toMatchObject({ eventId: record.eventId })
    expect(await timesWritten(record.kind)).toBe(1)
  })

  test('a save that never reached the server is made once', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const record = newRecord({ kind: kind('lost call') })
    const lost = proxy.failOnce(record.kind, 'cut before sending')
    expect(await own.state.save(record)).toBe('saved')
    await lost
    expect(await timesWritten(record.kind)).toBe(1)
  })

  test('a conditional save whose answer is lost does not fail on its own success', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const first = newRecord({ kind: kind('conditional') })
    const second = newRecord({ kind: first.kind })
    const lostOnEmpty = proxy.failOnce(first.kind, 'cut the answer')
    expect(await own.state.save(first, { ifEventId: null })).toBe('unchanged')
    await lostOnEmpty
    const lostOverFirst = proxy.failOnce(first.kind, 'cut the answer')
    expect(await own.state.save(second, { ifEventId: first.eventId })).toBe('unchanged')
    await lostOverFirst
    expect(await timesWritten(first.kind)).toBe(2)
  })

  test('a commit of saves whose answer is lost is applied once', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const records = ['left', 'right'].map((name) => newRecord({ kind: kind(name) }))
    const lost = proxy.failOnce(kind('right'), 'cut the answer')
    expect((await own.state.commit({ save: records })).save).toEqual(['unchanged', 'unchanged'])
    await lost
    for (const record of records) expect(await timesWritten(record.kind)).toBe(1)
  })

  test('a commit whose answer to COMMIT is lost is applied once', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const [one, other] = ['one', 'other'].map((name) => newRecord({ kind: kind(name) }))
    if (one === undefined || other === undefined) throw new Error('two records were made')
    const lost = proxy.failOnce(COMMIT, 'cut the answer')
    const { save } = await own.state.commit({ ...intoEmpty(one), save: [one, other] })
    expect(save).toEqual(['unchanged', 'unchanged'])
    await lost
    expect([await timesWritten(one.kind), await timesWritten(other.kind)]).toEqual([1, 1])
  })

  test('a commit whose COMMIT never reached the server is made once', async () => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const record = newRecord({ kind: kind('lost commit') })
    const lost = proxy.failOnce(COMMIT, 'cut before sending')
    expect((await own.state.commit(intoEmpty(record))).save).toEqual(['saved'])
    await lost
    expect(await timesWritten(record.kind)).toBe(1)
  })
})

test('a COMMIT that the server answers with ROLLBACK is no success', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const record = newRecord({ kind: 'rolled back' })
  const rolledBack = proxy.failOnce(COMMIT, 'roll back instead')
  const failure = await failureOf(own.state.commit(intoEmpty(record)))
  await rolledBack
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
  expect(await own.state.load(ann, record.kind)).toBeUndefined()
  expect((await own.state.commit({ save: [record] })).save).toEqual(['saved'])
})

describe('a delete whose answer is lost', () => {
  const deletes: readonly {
    readonly what: string
    readonly make: (state: StateStore, record: NewStateRecord) => Promise<unknown>
    readonly again: unknown
    /** The statement whose answer is lost. Default: the one that deletes. */
    readonly sent?: string
  }[] = [
    { what: 'delete', make: (state, { kind }) => state.delete(ann, kind), again: false },
    {
      what: 'delete of one generation',
      make: (state, { kind, eventId }) => state.delete(ann, kind, { ifEventId: eventId }),
      again: false,
    },
    { what: 'deleteAll', make: (state) => deleteSession(state, session), again: 0, sent: COMMIT },
    {
      what: 'touch',
      make: (state, { kind, eventId }) =>
        state.touch(ann, kind, { ifEventId: eventId, expiresAt: new Date(1_000) }),
      again: false,
      sent: 'harbor_state_touch',
    },
    {
      what: 'prune',
      make: async (state) => {
        const rules = { olderThan: END_OF_TIME, kindPrefix: '' }
        const { pruned } = await state.prune(allOfSession(session), rules)
        return pruned
      },
      again: 0,
      sent: COMMIT,
    },
  ]

  test.each(deletes)('does not answer that there was nothing: $what', async (each) => {
    const { make, again, sent = 'harbor_state_delete' } = each
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn })
    const record = newRecord({ kind: 'deleted' })
    await own.state.save(record)
    const lost = proxy.failOnce(sent, 'cut the answer')
    expect(await failureOf(make(own.state, record))).toMatchObject({ code: 'outcome_unknown' })
    await lost
    expect(await own.state.load(ann, record.kind)).toBeUndefined()
    expect(await make(own.state, record)).toBe(again)
  })

  test.each(['delete', 'keep'])(
    'does not claim that its expectation was not met: commit to %s',
    async (what) => {
      await using proxy = await TcpProxy.start(database.dsn)
      await using own = await openOwnStore({ dsn: proxy.dsn })
      const record = newRecord({ kind: `lease to ${what}` })
      await own.state.save(record)
      const slot = { identity: ann, kind: record.kind }
      const commit = {
        expect: [{ ...slot, eventId: record.eventId }],
        ...(what === 'delete' ? { delete: [slot] } : {}),
      }
      const lost = proxy.failOnce(COMMIT, 'cut the answer')
      const made = own.state.commit(commit)
      if (what === 'delete')
        expect(await failureOf(made)).toMatchObject({ code: 'outcome_unknown' })
      else expect((await made).save).toEqual([])
      await lost
      expect((await own.state.load(ann, record.kind)) === undefined).toBe(what === 'delete')
    },
  )
})

test('reads that share a connection are all made again when it is lost', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const record = newRecord({ kind: 'read together' })
  await own.state.save(record)
  const lost = proxy.failOnce(record.kind, 'cut the answer')
  const loads = await Promise.all(
    Array.from({ length: 40 }, () => own.state.load(ann, record.kind)),
  )
  await lost
  expect(new Set(loads.map((loaded) => loaded?.eventId))).toEqual(new Set([record.eventId]))
})

test('a commit whose expectation is unmet after a lost connection fails with the condition', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const held = newRecord({ kind: 'held' })
  await own.state.save(held)
  const lost = proxy.failOnce(held.kind, 'cut the answer')
  const failure = await failureOf(
    own.state.commit({
      expect: [{ identity: ann, kind: held.kind, eventId: null }],
      save: [newRecord({ kind: 'held too' })],
    }),
  )
  await lost
  expect(failure).toMatchObject({ code: 'condition_failed' })
})

test('a server that does not come back after a lost answer leaves the outcome unknown', async () => {
  const proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, retryTimeoutMs: 300 })
  const record = newRecord({ kind: 'unknown' })
  const lost = proxy.failOnce(record.kind, 'swallow the answer')
  const saving = failureOf(own.state.save(record))
  await lost
  await proxy.refuse()
  const failure = await saving
  expect(failure).toMatchObject({ code: 'outcome_unknown', retryable: true })

  await using direct = await openOwnStore({ dsn: database.dsn })
  expect(await direct.state.save(record)).toBe('unchanged')
})

test('a read whose answer is lost is repeated', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const record = newRecord({ kind: 'read again' })
  await own.state.save(record)
  const lost = proxy.failOnce(record.kind, 'cut the answer')
  expect(await own.state.load(ann, record.kind)).toMatchObject({ eventId: record.eventId })
  await lost
})

test('a server that is gone before a read makes the store unavailable, with no doubt', async () => {
  const proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, retryTimeoutMs: 300 })
  await proxy.refuse()
  expect(await failureOf(own.state.load(ann, 'note'))).toMatchObject({
    code: 'store_unavailable',
    retryable: true,
  })
})
