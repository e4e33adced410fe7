import { openDatabase } from '@harborage/core'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { expect, onTestFinished, test } from 'vitest'

test('openDatabase keeps the tables in the schema that it is given', async () => {
  const created = await createDatabase()
  onTestFinished(() => created.drop())
  const { dsn } = created
  await using database = await openDatabase(dsn, { schema: 'agents' })
  await using state = await openStateStore({ database })
  await state.close()
  const found = `select schemaname from pg_tables where tablename = 'state_records'`
  expect(await queryPostgres(dsn, found)).toEqual([{ schemaname: 'agents' }])
})

test('openDatabase rejects a schema on SQLite, which has none', async () => {
  const error = await failureOf(openDatabase('sqlite::memory:', { schema: 'agents' }))
  expect(error.code).toBe('invalid_config')
  expect(error.message).toContain('unknown option "schema"')
})

test('openDatabase rejects an option that it does not have', async () => {
  const options: object = { max: 10 }
  const error = await failureOf(openDatabase('sqlite::memory:', options))
  expect(error.code).toBe('invalid_config')
})
