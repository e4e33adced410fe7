import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { requireSqlDatabase } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { expect, test } from 'vitest'

import { failureOf } from './support/failure-of.ts'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

test('closing again gives the same promise', async () => {
  const database = await openSqlite({ dsn: ':memory:' })
  expect(database.close()).toBe(database.close())
  await database.close()
  await database[Symbol.asyncDispose]()
})

test('every later call is refused', async () => {
  const notes = await Notes.open({ dsn: ':memory:' })
  await notes.close()
  const { database } = notes
  for (const call of [
    notes.write('late'),
    notes.writeAll('late'),
    notes.ids(),
    database.migrate('late', async () => {}),
  ]) {
    expect((await failureOf(call)).code).toBe('store_closed')
  }
})

test('a closed database leaves its file and nothing beside it', async () => {
  const folder = await temporaryFolder()
  const notes = await Notes.open({ dsn: join(folder, 'a.db') })
  await notes.write('one')
  expect((await readdir(folder)).sort()).toEqual(['a.db', 'a.db-shm', 'a.db-wal'])
  await notes.close()
  expect(await readdir(folder)).toEqual(['a.db'])
})

test.each(['closed', 'left open'])('a process ends by itself with its database %s', (how) => {
  const script = join(import.meta.dirname, 'support/open-and-end.ts')
  const { status, stderr } = spawnSync(process.execPath, [script, how], {
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('what was opened is an SQL database of the engine sqlite', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  expect(database.engine).toBe('sqlite')
  expect(requireSqlDatabase(database)).toBe(database)
})
