import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

// As it is on the wire: BEGIN names the isolation level READ COMMITTED.
const COMMIT = 'COMMIT\0'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

test('a saveIfEmpty whose answer is lost answers unchanged', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const record = newRecord({ kind: 'filled alone' })
  const lost = proxy.failOnce(record.kind, 'cut the answer')
  expect(await own.state.saveIfEmpty(record)).toBe('unchanged')
  await lost
  expect(await own.state.load(ann, record.kind)).toMatchObject({ eventId: record.eventId })
})

test('a commit that only fills slots, and whose answer is lost, has an unknown outcome', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const records = ['one', 'other'].map((name) => newRecord({ kind: `filled ${name}` }))
  const lost = proxy.failOnce(COMMIT, 'cut the answer')
  const failure = await failureOf(own.state.commit({ saveIfEmpty: records }))
  await lost
  expect(failure).toMatchObject({ code: 'outcome_unknown' })
  for (const { kind, eventId } of records) {
    expect(await own.state.load(ann, kind)).toMatchObject({ eventId })
  }
})

test('a commit with a save is recognized after a lost answer, and fills and empties nothing again', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const [saved, filled] = [newRecord({ kind: 'saved' }), newRecord({ kind: 'filled beside' })]
  await own.state.save(newRecord({ kind: 'under.one' }))
  const lost = proxy.failOnce(COMMIT, 'cut the answer')
  const outcome = await own.state.commit({
    save: [saved],
    saveIfEmpty: [filled],
    deletePrefix: [{ identity: ann, kindPrefix: 'under.' }],
  })
  await lost
  expect(outcome).toEqual({ repeated: true, save: ['unchanged'] })
  expect(await own.state.load(ann, filled.kind)).toMatchObject({ eventId: filled.eventId })
  expect(await own.state.count(ann, 'under.')).toBe(0)
})

test('a commit that only empties a prefix is not made again after a lost answer', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  await own.state.save(newRecord({ kind: 'swept.one' }))
  const lost = proxy.failOnce(COMMIT, 'cut the answer')
  const sweeping = own.state.commit({ deletePrefix: [{ identity: ann, kindPrefix: 'swept.' }] })
  expect(await failureOf(sweeping)).toMatchObject({ code: 'outcome_unknown' })
  await lost
  expect(await own.state.count(ann, 'swept.')).toBe(0)
})

test('a commit that never reached the server fills and empties once it does', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  await own.state.save(newRecord({ kind: 'gone.one' }))
  const filled = newRecord({ kind: 'filled later' })
  const lost = proxy.failOnce(filled.kind, 'cut before sending')
  const outcome = await own.state.commit({
    saveIfEmpty: [filled],
    deletePrefix: [{ identity: ann, kindPrefix: 'gone.' }],
  })
  await lost
  expect(outcome).toEqual({ repeated: false, save: [], saveIfEmpty: ['saved'], deleted: 1 })
})
