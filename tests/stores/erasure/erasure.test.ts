import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { allOfTenant, allOfUser } from '@harborage/core'
import '@harborage/driver-fs'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

import {
  filesOfFolder,
  filesOfPostgres,
  rowsOfPostgres,
  rowsOfSqlite,
  statisticsOfPostgres,
} from './support/look-from-outside.ts'
import { openStores, savePerson, type Stores } from './support/one-person.ts'

const ERASED = 'zoe.erased.4711'
/** Shares the tenant with the erased one. */
const BESIDE = 'zoe.beside.4711'
/** The rows of that many more users lie between those of the two. */
const MORE = 12

describe('a user who is erased', () => {
  test('leaves no row in SQLite, and no byte in the file with secureDelete', async () => {
    const path = join(await temporaryFolder(), 'agent.db')
    const before = await saveAndErase(path, { secureDelete: true })
    expect(rowsOfSqlite(path).filter(names(ERASED))).toEqual([])
    expect(rowsOfSqlite(path).filter(names(BESIDE))).toEqual(before)
    expect((await readFile(path)).includes(ERASED)).toBe(false)
  })

  test('leaves no byte in the SQLite file that VACUUM INTO wrote and that took its place', async () => {
    const path = join(await temporaryFolder(), 'agent.db')
    const before = await saveAndErase(path, { secureDelete: false })
    expect((await readFile(path)).includes(ERASED)).toBe(true)
    const database = new BetterSqlite3(path)
    database.prepare('VACUUM INTO ?').run(`${path}.new`)
    database.close()
    await rename(`${path}.new`, path)
    expect(rowsOfSqlite(path).filter(names(BESIDE))).toEqual(before)
    expect((await readFile(path)).includes(ERASED)).toBe(false)
  })

  test('leaves no byte in the log of SQLite that a truncating checkpoint emptied', async () => {
    const path = join(await temporaryFolder(), 'agent.db')
    await using database = await openSqlite({ dsn: path, secureDelete: true })
    const stores = await openStores(database)
    await savePerson(stores, ERASED)
    await erase(stores)
    expect((await readFile(`${path}-wal`)).includes(ERASED)).toBe(true)
    const other = new BetterSqlite3(path, { timeout: 10_000 })
    expect(other.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }])
    other.close()
    expect((await readFile(`${path}-wal`)).includes(ERASED)).toBe(false)
    expect((await readFile(path)).includes(ERASED)).toBe(false)
    await stores.close()
  })

  test('leaves no row in Postgres, and no byte in its files after VACUUM FULL', async () => {
    const created = await createDatabase()
    const { dsn } = created
    try {
      const database = await openPostgres({ dsn })
      const stores = await openStores(database)
      await saveBoth(stores)
      const before = (await rowsOfPostgres(dsn)).filter(names(BESIDE))
      await erase(stores)
      await stores.close()
      await database.close()
      const after = await rowsOfPostgres(dsn)
      expect(after.filter(names(ERASED))).toEqual([])
      expect(after.filter(names(BESIDE))).toEqual(before)
      await untilAlone(dsn)
      await runPostgresScript(dsn, 'vacuum (full, analyze)')
      await runPostgresScript(dsn, 'checkpoint')
      expect((await statisticsOfPostgres(dsn)).filter(names(ERASED))).toEqual([])
      const files = await filesOfPostgres(dsn)
      expect(files.some((file) => file.includes(BESIDE))).toBe(true)
      expect(files.some((file) => file.includes(ERASED))).toBe(false)
    } finally {
      await created.drop()
    }
  })

  test('leaves no file and no folder of artifacts', async () => {
    const folder = await temporaryFolder()
    const stores = await openStores(undefined, `fs:${folder}`)
    const empty = await filesOfFolder(folder)
    await saveBoth(stores)
    const all = await filesOfFolder(folder)
    expect(all.filter(names(ERASED))).not.toEqual([])
    const before = all.filter(names(BESIDE))
    await erase(stores)
    const after = await filesOfFolder(folder)
    expect(after.filter(names(ERASED))).toEqual([])
    expect(after.filter(names(BESIDE))).toEqual(before)
    await stores.artifacts.deleteAll(allOfTenant({ tenantId: 'acme' }))
    expect(await filesOfFolder(folder)).toEqual([...empty, join(folder, 'artifacts')].toSorted())
    await stores.close()
  })
})

/** Resolves to the rows of the user who stays. */
async function saveAndErase(
  path: string,
  options: { readonly secureDelete: boolean },
): Promise<readonly string[]> {
  const database = await openSqlite({ dsn: path, ...options })
  const stores = await openStores(database)
  await saveBoth(stores)
  const before = rowsOfSqlite(path).filter(names(BESIDE))
  await erase(stores)
  await stores.close()
  await database.close()
  return before
}

/** Saves both users and many more in turns, so that their rows share pages and splits of pages. */
async function saveBoth(stores: Stores): Promise<void> {
  for (let more = 0; more < MORE; more += 1) {
    await savePerson(stores, more === 0 ? BESIDE : `${BESIDE}.${more}`)
    await savePerson(stores, more === 0 ? ERASED : `${BESIDE}.too.${more}`)
  }
}

async function erase({ state, artifacts, truncating, summarizing }: Stores): Promise<void> {
  const person = allOfUser({ tenantId: 'acme', userId: ERASED })
  for (const store of [state, artifacts, truncating, summarizing]) {
    expect(await store.deleteAll(person)).toMatchObject({ remaining: 0 })
  }
}

/**
 * Waits until no other connection of the database is left: VACUUM keeps what a transaction that began
 * earlier may still read, and the server analyzes tables by itself.
 */
async function untilAlone(dsn: string): Promise<void> {
  for (;;) {
    const others = await queryPostgres(
      dsn,
      `select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    )
    if (others.length === 0) return
    await delay(10)
  }
}

function names(person: string): (text: string) => boolean {
  return (text) => text.includes(person)
}
