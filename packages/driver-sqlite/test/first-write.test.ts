import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isSqlFailure } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { contentOf } from './support/listing.ts'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

describe('a database that does not exist yet', () => {
  test('is created by the first write, and not by opening, reading or closing', async () => {
    const folder = await temporaryFolder()
    const notes = await Notes.unmade({ dsn: join(folder, 'a.db') })
    await expect(notes.ids()).rejects.toSatisfy((error) => isSqlFailure(error, 'missing_table'))
    expect(await contentOf(folder)).toEqual({})
    await notes.close()
    expect(await contentOf(folder)).toEqual({})
    expect((await failureOf(notes.ids())).code).toBe('store_closed')
    expect((await failureOf(notes.write('one'))).code).toBe('store_closed')
    expect(await contentOf(folder)).toEqual({})
  })

  test('applies concurrent writes in order, and reads what another connection created', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using early = await Notes.unmade({ dsn })
    await using notes = await Notes.unmade({ dsn })
    const made = notes.make()
    await Promise.all([made, notes.write('one'), notes.writeAll('two', 'three')])
    expect(await notes.pragma('journal_mode')).toBe('wal')
    expect(await notes.pragma('synchronous')).toBe(2)
    expect(await early.ids()).toEqual(['one', 'three', 'two'])
    await early.write('four')
    expect(await notes.ids()).toEqual(['four', 'one', 'three', 'two'])
  })

  test('closes once earlier writes have settled', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    const notes = await Notes.unmade({ dsn })
    const writing = [notes.make(), notes.write('one')]
    const closing = notes.close()
    expect((await failureOf(notes.write('late'))).code).toBe('store_closed')
    await Promise.all([...writing, closing])
    await using again = await Notes.open({ dsn })
    expect(await again.ids()).toEqual(['one'])
  })
})

describe('reading changes nothing of a file', () => {
  test('that is empty', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'a.db'), '')
    const notes = await Notes.unmade({ dsn: join(folder, 'a.db') })
    await expect(notes.ids()).rejects.toSatisfy((error) => isSqlFailure(error, 'missing_table'))
    await notes.close()
    expect(await contentOf(folder)).toEqual({ 'a.db': '' })
  })

  test('that has a rollback journal, and the first write switches it to WAL', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'a.db')
    const other = new BetterSqlite3(path)
    other.exec("create table notes (id text primary key); insert into notes values ('old')")
    other.close()
    const before = await contentOf(folder)
    const notes = await Notes.unmade({ dsn: path })
    expect(await notes.ids()).toEqual(['old'])
    expect(await notes.pragma('journal_mode')).toBe('delete')
    expect(await contentOf(folder)).toEqual(before)
    await notes.write('new')
    expect(await notes.pragma('journal_mode')).toBe('wal')
    expect(await notes.pragma('synchronous')).toBe(2)
    await notes.close()
    expect(Object.keys(await contentOf(folder))).toEqual(['a.db'])
  })
})

test('two connections of one process create the same new file at once', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  const opened = await Promise.all([openSqlite({ dsn }), openSqlite({ dsn })])
  await Promise.all(opened.map((database) => database.close()))
  const notes = await Promise.all(Array.from({ length: 8 }, () => Notes.open({ dsn })))
  await Promise.all(notes.map((each, index) => each.write(`note ${index}`)))
  expect((await notes[0]?.ids())?.length).toBe(8)
  await Promise.all(notes.map((each) => each.close()))
})
