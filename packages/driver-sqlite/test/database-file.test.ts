import { spawnSync } from 'node:child_process'
import { mkdir, open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { openAsStranger } from './support/stranger.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

describe('the files of a database', () => {
  test.each(['000', '022', '077'])(
    'are accessible to their owner only, with the umask %s',
    async (umask) => {
      const before = process.umask(umask)
      onTestFinished(() => void process.umask(before))
      const path = await databasePath()
      await using notes = await Notes.open({ dsn: path })
      await notes.write('one')
      for (const file of [path, `${path}-wal`, `${path}-shm`]) {
        expect((await stat(file)).mode & 0o777).toBe(0o600)
      }
    },
  )

  test('that exist already keep the permissions of their owner', async () => {
    const path = await databasePath()
    await writeFile(path, '', { mode: 0o640 })
    await using notes = await Notes.open({ dsn: path })
    await notes.write('one')
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  })
})

/** The place and length of SQLite's shared lock in a database file. */
const SHARED_LOCK = [1_073_741_826, 1_073_742_335].join(' ')

test('opening a file again keeps the locks of the open connection', async () => {
  const path = await databasePath()
  await using notes = await Notes.open({ dsn: path })
  await notes.write('one')
  const held = await sharedLocksOf(path)
  await using again = await openSqlite({ dsn: path })
  await again.close()
  expect(await sharedLocksOf(path)).toEqual(held)
  // Without it, another process may believe to be the only user, and removes the log when it
  // closes.
  if (process.platform === 'linux') expect(held).toHaveLength(1)
})

/** Returns the shared locks on a file that the kernel lists. */
async function sharedLocksOf(path: string): Promise<string[]> {
  const { ino } = await stat(path)
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '')
  return locks
    .split('\n')
    .filter((line) => line.includes(`:${ino} `) && line.endsWith(SHARED_LOCK))
    .map((line) => line.replace(/^\d+: /, ''))
}

test('a database with another encoding is rejected and left unchanged', async () => {
  const path = await databasePath()
  const foreign = new BetterSqlite3(path)
  foreign.pragma("encoding = 'UTF-16le'")
  foreign.exec('create table texts (text)')
  foreign.close()
  const error = await failureOf(openSqlite({ dsn: path }))
  expect(error.code).toBe('invalid_config')
  expect(error.message).toContain('UTF-16le')
})

describe('a path that cannot be a database is rejected', () => {
  test('if its folder is missing, which is not created', async () => {
    const folder = await temporaryFolder()
    const error = await failureOf(openSqlite({ dsn: join(folder, 'missing/a.db') }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('the folder of the database file does not exist')
    await expect(stat(join(folder, 'missing'))).rejects.toThrow('ENOENT')
  })

  test('if its folder is a file', async () => {
    const path = await databasePath()
    await writeFile(path, '')
    expect((await failureOf(openSqlite({ dsn: join(path, 'a.db') }))).code).toBe('invalid_config')
  })

  test('if it is a folder', async () => {
    const path = await databasePath()
    await mkdir(path)
    const error = await failureOf(openSqlite({ dsn: path }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('names a folder')
  })

  test('if it ends like a folder', async () => {
    const folder = await temporaryFolder()
    const error = await failureOf(openSqlite({ dsn: `${folder}/new/` }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('names a folder')
  })

  test('if it is a pipe, which would wait for a reader forever', async () => {
    const path = await databasePath()
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    const error = await failureOf(openSqlite({ dsn: path }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('not a regular file')
  })

  test('if it is a device, which would keep nothing', async () => {
    const error = await failureOf(openSqlite({ dsn: '/dev/null' }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('not a regular file')
  })

  test('if its name is too long for the file system', async () => {
    const dsn = join(await temporaryFolder(), 'a'.repeat(300))
    expect((await failureOf(openSqlite({ dsn }))).code).toBe('invalid_config')
  })
})

describe('without the permissions', () => {
  test.each([
    ['a file that may only be read', { file: 0o444, folder: 0o777 }],
    ['a file that may not even be read', { file: 0o000, folder: 0o777 }],
    ['a folder in which no file may be made', { file: undefined, folder: 0o555 }],
    ['a folder that may not be entered', { file: undefined, folder: 0o000 }],
  ])('%s is store_unavailable', async (_, rights) => {
    const answer = await openAsStranger(await temporaryFolder(), rights)
    expect(answer).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(answer.message).toContain('check its rights')
  })
})

describe('a file', () => {
  test('that is empty is an empty database', async () => {
    const path = await databasePath()
    await writeFile(path, '')
    await using notes = await Notes.open({ dsn: path })
    await notes.write('one')
    expect(await notes.ids()).toEqual(['one'])
  })

  test.each([
    ['a short text', 'do not lose me'],
    ['a long text', 'do not lose me\n'.repeat(1_000)],
    ['zeros', '\0'.repeat(8_192)],
  ])('of %s is not a database and is left unchanged', async (_, content) => {
    const path = await databasePath()
    await writeFile(path, content)
    const error = await failureOf(openSqlite({ dsn: path }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('not an SQLite database')
    expect(error.message).toContain('name another file, or restore this one')
    expect(error.message).not.toContain('lose')
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  test.each<[how: string, damage: (path: string) => Promise<void>]>([
    ['overwritten after its first page', (path) => overwrite(path, 4_096, 12_288)],
    ['overwritten after its header', (path) => overwrite(path, 100, 3_996)],
    ['cut short', (path) => truncate(path, 6_000)],
    ['cut to its first page', (path) => truncate(path, 4_096)],
    ['cut within its header', (path) => truncate(path, 50)],
  ])('that was %s causes a typed error and no wrong answer', async (_, damage) => {
    const path = await databasePath()
    const notes = await Notes.open({ dsn: path })
    const ids = Array.from({ length: 500 }, (_each, index) => `note ${index + 1_000}`)
    await notes.writeAll(...ids)
    await notes.close()
    await damage(path)
    const error = await failureOf(readNotes(path))
    expect(['store_unavailable', 'invalid_config']).toContain(error.code)
    expect(error.retryable).toBe(false)
  })
})

async function readNotes(dsn: string): Promise<void> {
  await using notes = await Notes.open({ dsn })
  await notes.ids()
}

async function overwrite(path: string, from: number, length: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(length, 0xa5), 0, length, from)
  await file.close()
}

async function databasePath(): Promise<string> {
  return join(await temporaryFolder(), 'a.db')
}
