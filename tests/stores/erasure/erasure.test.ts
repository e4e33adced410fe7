import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import { allOfTenant, allOfUser, newEventId } from '@harborage/core'
import '@harborage/driver-fs'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

import {
  filesOfFolder,
  relationsWith,
  rowsOfPostgres,
  rowsOfSqlite,
  statisticsOfPostgres,
  wordsOfPassages,
} from './support/look-from-outside.ts'
import { openStores, savePerson, type Stores } from './support/one-person.ts'

const ERASED = 'zoe.erased.4711'
/** Shares the tenant with the erased one. */
const BESIDE = 'zoe.beside.4711'
/** The rows of that many more users lie between those of the two. */
const MORE = measure({ quick: 4, full: 12 })

describe('a user who is erased', () => {
  test('leaves no row in SQLite, and no byte in the file that VACUUM INTO wrote', async () => {
    const path = join(await temporaryFolder(), 'agent.db')
    const before = await saveAndErase(path, { secureDelete: false })
    expect((await readFile(path)).includes(ERASED)).toBe(true)
    await writeAnew(path)
    expect(rowsOfSqlite(path).filter(names(ERASED))).toEqual([])
    expect(rowsOfSqlite(path).filter(names(BESIDE))).toEqual(before)
    expect((await readFile(path)).includes(ERASED)).toBe(false)
  })

  test('leaves no byte in the SQLite file with secureDelete once that is written anew, too', async ({
    annotate,
  }) => {
    const path = join(await temporaryFolder(), 'agent.db')
    const database = await openSqlite({ dsn: path, secureDelete: true })
    const state = await openStateStore({ database })
    await saveInTurns(state)
    const person = allOfUser({ tenantId: 'acme', userId: ERASED })
    expect(await state.deleteAll(person)).toMatchObject({ remaining: 0 })
    const kept = rowsOfSqlite(path).filter(names(BESIDE))
    await state.close()
    await database.close()
    expect(rowsOfSqlite(path).filter(names(ERASED))).toEqual([])
    // Why the guide does not take secureDelete for a proof. A later SQLite may leave none.
    const copies = (await readFile(path, 'latin1')).split(ERASED).length - 1
    await annotate(`secureDelete alone left ${copies} copies in the file`)
    await writeAnew(path)
    expect((await readFile(path)).includes(ERASED)).toBe(false)
    expect(rowsOfSqlite(path).filter(names(BESIDE))).toEqual(kept)
  })

  test('leaves no word of passages in the index of SQLite, with secureDelete and anew without it', async () => {
    for (const secureDelete of [true, false]) {
      const path = join(await temporaryFolder(), 'agent.db')
      const database = await openSqlite({ dsn: path, secureDelete })
      const stores = await openStores(database)
      await saveBoth(stores)
      const digests = wordsOfPassages(path, ERASED)
      expect(digests.length).toBeGreaterThan(20)
      await erase(stores)
      await stores.close()
      await database.close()
      if (!secureDelete) await writeAnew(path)
      const content = await readFile(path, 'latin1')
      // A segment of the index has of a word what it does not share with the one before.
      expect(digests.filter((word) => content.includes(word.slice(9)))).toEqual([])
      const kept = wordsOfPassages(path, BESIDE)
      expect(kept.filter((word) => content.includes(word.slice(9)))).toEqual(kept)
    }
  })

  test('leaves no byte in the log of SQLite that a truncating checkpoint emptied', async () => {
    const path = join(await temporaryFolder(), 'agent.db')
    await using database = await openSqlite({ dsn: path, secureDelete: true })
    const stores = await openStores(database)
    await savePerson(stores, ERASED)
    await erase(stores)
    expect((await readElsewhere(`${path}-wal`)).includes(ERASED)).toBe(true)
    const other = new BetterSqlite3(path, { timeout: 10_000 })
    expect(other.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }])
    other.close()
    expect((await readElsewhere(`${path}-wal`)).includes(ERASED)).toBe(false)
    await stores.close()
  })

  test('leaves no row in Postgres, and no byte in its files after VACUUM FULL', async () => {
    const created = await createDatabase()
    const role = `eraser_${randomBytes(8).toString('hex')}`
    await runPostgresScript(
      created.dsn,
      `create role ${role} login password 'eraser'; grant create on schema public to ${role}`,
    )
    const own = new URL(created.dsn)
    own.username = role
    own.password = 'eraser'
    const dsn = own.href
    try {
      const database = await openPostgres({ dsn })
      const stores = await openStores(database)
      await saveBoth(stores)
      await runPostgresScript(dsn, 'analyze')
      const before = (await rowsOfPostgres(dsn)).filter(names(BESIDE))
      await erase(stores)
      await stores.close()
      await database.close()
      const after = await rowsOfPostgres(dsn)
      expect(after.filter(names(ERASED))).toEqual([])
      expect(after.filter(names(BESIDE))).toEqual(before)
      await untilAlone(dsn)
      await runPostgresScript(dsn, 'vacuum (full, analyze)')
      await untilAlone(dsn)
      // Only the owner of the database may do it, or a superuser.
      await runPostgresScript(created.dsn, 'vacuum (full) pg_catalog.pg_statistic')
      await runPostgresScript(created.dsn, 'checkpoint')
      expect((await statisticsOfPostgres(dsn)).filter(names(ERASED))).toEqual([])
      expect(await relationsWith(created.dsn, BESIDE)).toContain('state_records')
      expect(await relationsWith(created.dsn, ERASED)).toEqual([])
    } finally {
      const server = new URL(created.dsn)
      server.pathname = '/postgres'
      await created.drop()
      await runPostgresScript(server.href, `drop role ${role}`)
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

/** Saves slots of both users in a mixed order, and empties some, so that SQLite moves rows. */
async function saveInTurns(state: StateStore): Promise<void> {
  const slots = Array.from({ length: 3_000 }, (_, index) => {
    const userId = index % 2 === 0 ? ERASED : BESIDE
    const identity = { tenantId: 'acme', userId, sessionId: `s${index % 10}` }
    const bytes = Buffer.from(`${userId} `.repeat(1 + ((index * 7) % 30)))
    return { eventId: newEventId(), identity, kind: `k${index}`, bytes }
  })
  const mixed = slots.toSorted((left, right) => Buffer.compare(digest(left), digest(right)))
  for (let from = 0; from < mixed.length; from += 100) {
    await Promise.all(mixed.slice(from, from + 100).map((record) => state.save(record)))
  }
  await Promise.all(
    mixed
      .filter((_, index) => index % 3 === 0)
      .map((slot) => state.delete(slot.identity, slot.kind)),
  )
}

function digest({ kind }: { readonly kind: string }): Buffer {
  return createHash('sha256').update(kind).digest()
}

/** Writes the file anew and puts it in the place of the old one, as the guide shows it. */
async function writeAnew(path: string): Promise<void> {
  const fresh = `${path}.new`
  const database = new BetterSqlite3(path, { fileMustExist: true })
  database.pragma('locking_mode = exclusive')
  database.prepare('VACUUM INTO ?').run(fresh)
  database.close()
  await chmod(fresh, (await stat(path)).mode)
  const file = await open(fresh, 'r+')
  await file.sync()
  await file.close()
  await rename(fresh, path)
}

/** Reads a file in another process: closing it here would drop the locks of the open database. */
async function readElsewhere(path: string): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('cat', [path], {
    encoding: 'buffer',
    maxBuffer: 2 ** 30,
  })
  return stdout
}

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

async function erase({
  state,
  artifacts,
  truncating,
  summarizing,
  journal,
}: Stores): Promise<void> {
  const person = allOfUser({ tenantId: 'acme', userId: ERASED })
  for (const store of [state, artifacts, truncating, summarizing, journal]) {
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
