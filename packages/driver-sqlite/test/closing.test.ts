import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { requireSqlDatabase } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

test('closing again returns the same promise', async () => {
  const database = await openSqlite({ dsn: ':memory:' })
  expect(database.close()).toBe(database.close())
  await database.close()
  await database[Symbol.asyncDispose]()
})

test('every later call is rejected', async () => {
  const notes = await Notes.open({ dsn: ':memory:' })
  await notes.close()
  const { database } = notes
  for (const call of [
    () => notes.write('late'),
    () => notes.writeAll('late'),
    () => notes.ids(),
    () => database.migrate({ name: 'late', tables: [] }, async () => {}),
  ]) {
    expect((await failureOf(call())).code).toBe('store_closed')
  }
})

test('a closed database leaves only its file', async () => {
  const folder = await temporaryFolder()
  const notes = await Notes.open({ dsn: join(folder, 'a.db') })
  await notes.write('one')
  expect((await readdir(folder)).sort()).toEqual(['a.db', 'a.db-shm', 'a.db-wal'])
  await notes.close()
  expect(await readdir(folder)).toEqual(['a.db'])
})

describe.each(['closed', 'left open'])('a process ends by itself with its database %s', (how) => {
  test.each([
    { what: 'that has no file', file: ':memory:', count: 1 },
    { what: 'that has a short log', file: 'a.db', count: 1 },
    { what: 'whose next checkpoint is soon due', file: 'a.db', count: 90 },
    { what: 'after several checkpoints', file: 'a.db', count: 1_000 },
  ])('$what', async ({ file, count }) => {
    const folder = await temporaryFolder()
    const script = join(import.meta.dirname, 'support/open-and-end.ts')
    const { status, stderr } = spawnSync(process.execPath, [script, file, how, String(count)], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 300_000,
    })
    const left = await readdir(folder)
    const expected = file === 'a.db' ? ['a.db'] : []
    expect({ status, stderr, left }).toEqual({ status: 0, stderr: '', left: expected })
  })
})

test('an opened database is an SQL database of the engine sqlite', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  expect(database.engine).toBe('sqlite')
  expect(requireSqlDatabase(database)).toBe(database)
})
