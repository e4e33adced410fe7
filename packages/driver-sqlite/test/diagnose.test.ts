import { spawnSync } from 'node:child_process'
import { link, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { diagnose, openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { contentOf } from './support/listing.ts'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

describe('a healthy place has no finding and is left unchanged', () => {
  test('without a file', async () => {
    const folder = await temporaryFolder()
    expect(await diagnose({ dsn: join(folder, 'a.db') })).toEqual([])
    expect(await contentOf(folder)).toEqual({})
  })

  test('with a closed database', async () => {
    const folder = await temporaryFolder()
    const notes = await Notes.open({ dsn: join(folder, 'a.db') })
    await notes.write('one')
    await notes.close()
    const before = await contentOf(folder)
    expect(await diagnose({ dsn: join(folder, 'a.db') })).toEqual([])
    expect(await contentOf(folder)).toEqual(before)
  })

  test('with an open database, whose log keeps what was written', async () => {
    const folder = await temporaryFolder()
    await using notes = await Notes.open({ dsn: join(folder, 'a.db') })
    await notes.write('one')
    const before = await contentOf(folder)
    expect(await diagnose({ dsn: join(folder, 'a.db') })).toEqual([])
    expect(Object.keys(await contentOf(folder))).toEqual(Object.keys(before))
    expect((await contentOf(folder))['a.db-wal']).toBe(before['a.db-wal'])
    await notes.write('two')
    expect(await notes.ids()).toEqual(['one', 'two'])
  })

  test('with a symbolic link to the file', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'a.db'), '')
    await symlink(join(folder, 'a.db'), join(folder, 'b.db'))
    expect(await diagnose({ dsn: join(folder, 'b.db') })).toEqual([])
  })

  test('with a database in memory', async () => {
    expect(await diagnose({ dsn: ':memory:' })).toEqual([])
  })
})

describe('a finding has the message with which opening fails', () => {
  test.each<[name: string, grade: string, make: (folder: string) => Promise<unknown>]>([
    ['hard_links', 'loses_data', hardLinked],
    ['not_a_file', 'fails', (folder) => mkdir(join(folder, 'a.db'))],
    ['content', 'fails', (folder) => writeFile(join(folder, 'a.db'), 'do not lose me')],
    ['content', 'fails', inUtf16],
  ])('%s', async (name, grade, make) => {
    const folder = await temporaryFolder()
    await make(folder)
    const config = { dsn: join(folder, 'a.db') }
    const findings = await diagnose(config)
    expect(findings).toMatchObject([{ name, grade }])
    const error = await failureOf(openSqlite(config))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toBe(findings[0]?.message)
  })

  test.each([
    ['config', 'sqlite:./a.db?mode=ro'],
    ['config', 'sqlite://host/a.db'],
    ['no_folder', '/no-such-folder/a.db'],
    ['not_a_file', '/dev/null'],
  ])('%s for %s', async (name, dsn) => {
    const findings = await diagnose({ dsn })
    expect(findings).toMatchObject([{ name }])
    expect((await failureOf(openSqlite({ dsn }))).message).toBe(findings[0]?.message)
  })

  test.runIf(process.platform === 'linux')('kernel_file_system for /proc/a.db', async () => {
    const config = { dsn: 'sqlite:/proc/a.db' }
    const findings = await diagnose(config)
    expect(findings).toMatchObject([{ name: 'kernel_file_system', grade: 'fails' }])
    const error = await failureOf(openSqlite(config))
    expect(error).toMatchObject({ code: 'invalid_config', message: findings[0]?.message })
  })

  test('and an option in a DSN names its replacement', async () => {
    const [finding] = await diagnose({ dsn: 'file:./a.db?Busy_Timeout=5&mode=memory' })
    expect(finding?.message).toContain('busyTimeoutMs')
    expect(finding?.message).toContain(':memory:')
  })
})

test('a database with two hard links is rejected under both names, and left unchanged', async () => {
  const folder = await temporaryFolder()
  await hardLinked(folder)
  const before = await contentOf(folder)
  for (const name of ['a.db', 'b.db']) {
    const error = await failureOf(openSqlite({ dsn: join(folder, name) }))
    expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(error.message).toContain('hard links')
  }
  expect(await contentOf(folder)).toEqual(before)
})

test('a damaged file is rejected for good, with the error of SQLite as the cause, and left unchanged', async () => {
  const folder = await temporaryFolder()
  const dsn = join(folder, 'a.db')
  await damaged(dsn)
  const before = await contentOf(folder)
  const [finding] = await diagnose({ dsn })
  expect(finding).toMatchObject({ name: 'content', grade: 'fails', mayPass: false })
  const cause = { code: expect.stringMatching(/^SQLITE_CORRUPT/) as string }
  expect(finding?.cause).toMatchObject(cause)
  const error = await failureOf(openSqlite({ dsn }))
  expect(error).toMatchObject({ code: 'store_unavailable', retryable: false, cause })
  expect(error.message).toBe(finding?.message)
  expect(error.message).toContain('restore it from a backup')
  expect(await contentOf(folder)).toEqual(before)
})

test('a log that is far longer than checkpoints leave it is found, and opening goes on', async () => {
  const folder = await temporaryFolder()
  const dsn = join(folder, 'a.db')
  const notes = await Notes.open({ dsn })
  await notes.write('one')
  await notes.close()
  await writeFile(`${dsn}-wal`, '')
  await truncate(`${dsn}-wal`, 256 * 1024 * 1024)
  expect(await diagnose({ dsn })).toEqual([])
  await truncate(`${dsn}-wal`, 256 * 1024 * 1024 + 1)
  expect(await diagnose({ dsn })).toMatchObject([{ name: 'long_log', grade: 'slows' }])
  const opened = await openSqlite({ dsn })
  await opened.close()
})

/** Damages the page that lists the tables, but keeps the valid header of 100 bytes. */
async function damaged(path: string): Promise<void> {
  const notes = await Notes.open({ dsn: path })
  await notes.write('one')
  await notes.close()
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0xff, 100, 4_096))
}

async function hardLinked(folder: string): Promise<void> {
  const notes = await Notes.open({ dsn: join(folder, 'a.db') })
  await notes.close()
  await link(join(folder, 'a.db'), join(folder, 'b.db'))
}

async function inUtf16(folder: string): Promise<void> {
  const other = new BetterSqlite3(join(folder, 'a.db'))
  other.pragma("encoding = 'UTF-16le'")
  other.exec('create table texts (text)')
  other.close()
}

describe('if only the database file is mounted', () => {
  test.runIf(mayMount())('opening is rejected, while mounting the folder is accepted', async () => {
    const script = join(import.meta.dirname, 'support/open-mounted.ts')
    const folder = await temporaryFolder()
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', process.execPath, script, folder],
      { encoding: 'utf8', timeout: 60_000 },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      'a file of the same device': ['file_mounted_alone', 'invalid_config', []],
      'a file of another device': ['file_mounted_alone', 'invalid_config', []],
      'a folder': ['none', 'opens', ['a b.db', 'a b.db-shm', 'a b.db-wal']],
    })
  })
})

/** Returns whether this process may mount, for which it needs permissions. */
function mayMount(): boolean {
  return spawnSync('unshare', ['--mount', 'true']).status === 0
}

describe('if the addon of better-sqlite3', () => {
  test.each([
    ['may not be loaded', '--no-addons', '--no-addons'],
    ['does not load', '--import', 'npm rebuild better-sqlite3'],
  ])('%s, opening names what to do and creates no file', async (_, flag, advice) => {
    const folder = await temporaryFolder()
    const support = join(import.meta.dirname, 'support')
    const flags = flag === '--import' ? [flag, join(support, 'break-addon.ts')] : [flag]
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...flags, join(support, 'open-and-tell.ts'), join(folder, 'a.db')],
      { encoding: 'utf8', timeout: 60_000 },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'invalid_config', findings: ['addon'] })
    expect(stdout).toContain(advice)
    expect(await contentOf(folder)).toEqual({})
  })
})
