import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'

import { openSqlite } from '@harborage/driver-sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

describe('a DSN names the file', () => {
  test.each<[form: string, dsn: (folder: string) => string, file: string]>([
    ['sqlite:./a.db', () => 'sqlite:./a.db', 'a.db'],
    ['sqlite:a.db', () => 'sqlite:a.db', 'a.db'],
    ['SQLITE:./a.db', () => 'SQLITE:./a.db', 'a.db'],
    ['sqlite:/folder/a.db', (folder) => `sqlite:${folder}/a.db`, 'a.db'],
    ['sqlite:///folder/a.db', (folder) => `sqlite://${folder}/a.db`, 'a.db'],
    ['file:///folder/a.db', (folder) => `file://${folder}/a.db`, 'a.db'],
    ['file:///folder/a%20b.db', (folder) => `${pathToFileURL(folder).href}/a%20b.db`, 'a b.db'],
    ['file:./a.db', () => 'file:./a.db', 'a.db'],
    ['file:/folder/a.db', (folder) => `file:${folder}/a.db`, 'a.db'],
    ['./a.db', () => './a.db', 'a.db'],
    ['a.db', () => 'a.db', 'a.db'],
    ['/folder/a.db', (folder) => `${folder}/a.db`, 'a.db'],
    ['../folder/a.db', (folder) => `../${basename(folder)}/a.db`, 'a.db'],
    ['a name with a colon', () => './a:b.db', 'a:b.db'],
    ['a name with white space, percent and hash', () => './a %20#b.db', 'a %20#b.db'],
    ['a name that only begins like the one of memory', () => './:memory.db', ':memory.db'],
  ])('%s', async (_, dsn, file) => {
    const folder = await workingFolder()
    await using notes = await Notes.open({ dsn: dsn(folder) })
    await notes.write('one')
    expect((await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name))).toEqual([file])
  })
})

test.each([':memory:', 'sqlite::memory:', 'file::memory:'])('%s creates no file', async (dsn) => {
  const folder = await workingFolder()
  await using _database = await openSqlite({ dsn })
  expect(await readdir(folder)).toEqual([])
})

describe('a DSN is rejected, and no file is created, if it', () => {
  test.each([
    ['is empty', ''],
    ['is a scheme alone', 'sqlite:'],
    ['is white space', '  '],
    ['holds a NUL', 'sqlite:./a.db\0.bak'],
    ['holds an encoded NUL', 'file:///missing/a%00.db'],
    ['holds a lone surrogate', './a\ud800.db'],
    ['has white space around the name of memory', ' :memory: '],
    ['has white space before the path', 'sqlite: ./a.db'],
    ['has white space after the path', './a.db\n'],
    ['writes the name of memory in capitals', ':MEMORY:'],
    ['puts the name of memory into a path', './:memory:'],
    ['has options for memory', 'file:x.db?mode=memory'],
    ['has options after memory', 'file::memory:?cache=shared'],
    ['has options', 'sqlite:./a.db?mode=ro'],
    ['has options in a URL', 'file:///missing/a.db?mode=ro'],
    ['has a fragment in a URL', 'file:///missing/a#1.db'],
    ['names a host', 'sqlite://host/a.db'],
    ['has two slashes before a relative path', 'sqlite://./a.db'],
    ['names a host in a URL', 'file://host/a.db'],
    ['names a second scheme', 'sqlite:file:./a.db'],
    ['names the same scheme twice', 'sqlite:sqlite:./a.db'],
    ['is for another engine', 'postgres://ann:hunter2@host/db'],
    ['is a web address', 'https://host/a.db'],
  ])('%s', async (_, dsn) => {
    const folder = await workingFolder()
    const error = await failureOf(openSqlite({ dsn }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toMatch(/^dsn .*: pass /)
    expect(error.message).not.toContain('hunter2')
    expect(await readdir(folder)).toEqual([])
  })
})

/** Runs the current test in its own working folder. */
async function workingFolder(): Promise<string> {
  const folder = await temporaryFolder()
  const before = process.cwd()
  process.chdir(folder)
  onTestFinished(() => process.chdir(before))
  return folder
}
