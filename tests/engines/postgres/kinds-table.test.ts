import { newEventId } from '@harborage/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { ann, newRecord, openOwnStore, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const maintenance = { maintenanceScoped: true } as const

let database: TestDatabase
let own: Awaited<ReturnType<typeof openOwnStore>>

beforeAll(async () => {
  database = await createDatabase()
  own = await openOwnStore({ dsn: database.dsn })
})

afterAll(async () => {
  await own[Symbol.asyncDispose]()
  await database.drop()
})

/** Resolves to the rows of the table, each with the version of the row. */
function kinds(): Promise<{ kind: string; version: string }[]> {
  return queryPostgres(
    database.dsn,
    `select kind, xmin || ' ' || ctid as version from state_kinds order by kind`,
  )
}

async function kindsListed(): Promise<string[]> {
  const listed = []
  for await (const { kind } of own.state.listKind(maintenance, 'k')) listed.push(kind)
  return listed
}

async function saveNew(...names: string[]): Promise<void> {
  await Promise.all(names.map((kind) => own.state.save(newRecord({ kind }))))
}

test('the table of kinds has a row for each slot that holds something', async () => {
  await saveNew('k1', 'k2', 'k3', 'k4')
  await own.state.delete(ann, 'k1')
  await own.state.commit({
    save: [newRecord({ kind: 'k5' })],
    delete: [{ identity: ann, kind: 'k2' }],
  })
  await saveNew('k1')
  expect((await kinds()).map(({ kind }) => kind)).toEqual(['k1', 'k3', 'k4', 'k5'])
  expect(await kindsListed()).toEqual(['k1', 'k3', 'k4', 'k5'])

  await deleteSession(own.state, session)
  expect(await kinds()).toEqual([])
})

test('the schema of the tables may have any name that is allowed', async () => {
  await using odd = await openOwnStore({ dsn: database.dsn, schema: 'a$keep$b' })
  await odd.state.save(newRecord({ kind: 'k1' }))
  const rows = await queryPostgres(database.dsn, `select kind from "a$keep$b".state_kinds`)
  expect(rows).toEqual([{ kind: 'k1' }])
})

test('a save that replaces what a slot holds does not touch it', async () => {
  await saveNew('k1', 'k2')
  const before = await kinds()
  await saveNew('k1', 'k2')
  const held = newEventId()
  await own.state.save(newRecord({ kind: 'k1', eventId: held }))
  await own.state.save(newRecord({ kind: 'k1' }), { ifEventId: held })
  expect(await kinds()).toEqual(before)
})

test('a transaction that is rolled back leaves it as it was', async () => {
  await saveNew('k1')
  const before = await kinds()
  const failing = own.state.commit({
    expect: [{ identity: ann, kind: 'k1', eventId: newEventId() }],
    save: [newRecord({ kind: 'k9' })],
  })
  await expect(failing).rejects.toMatchObject({ code: 'condition_failed' })
  expect(await kinds()).toEqual(before)
})

test('an operator who empties the records empties it, too', async () => {
  await saveNew('k1', 'k2')
  await runPostgresScript(database.dsn, 'truncate state_records')
  expect(await kinds()).toEqual([])
  await saveNew('k2')
  expect(await kindsListed()).toEqual(['k2'])
})
