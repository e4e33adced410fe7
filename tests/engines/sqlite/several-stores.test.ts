import { join } from 'node:path'

import { newEventId } from '@harborage/core'
import { migrateSubsystem, requireSqlDatabase } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test('stores that are opened repeatedly on one database prepare no statement again', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  const use = async (): Promise<void> => {
    await using state = await openStateStore({ database })
    await state.save(record('k'))
    await state.load(identity, 'k')
  }
  await use()
  // The first one found no ledger of migrations to ask.
  await use()
  const prepare = vi.spyOn(BetterSqlite3.prototype, 'prepare')
  onTestFinished(() => prepare.mockRestore())
  await use()
  expect(prepare).not.toHaveBeenCalled()
})

describe('two stores on one file', () => {
  test('see what the other saved, and never overwrite it by accident', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
    await using first = await openStateStore({ dsn })
    await using second = await openStateStore({ dsn })
    const saved = record('k.one')
    expect(await first.save(saved)).toBe('saved')
    expect(await second.load(identity, 'k.one')).toMatchObject({ eventId: saved.eventId })
    expect(await second.save(saved)).toBe('unchanged')
    await expect(second.save(record('k.one'), { ifEventId: null })).rejects.toMatchObject({
      code: 'condition_failed',
    })
  })

  test('take turns at writing', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
    await using first = await openStateStore({ dsn })
    await using second = await openStateStore({ dsn })
    const kinds = Array.from({ length: 200 }, (_, index) => `k${index + 1_000}`)
    await Promise.all(
      kinds.map((kind, index) => (index % 2 === 0 ? first : second).save(record(kind))),
    )
    expect(await kindsIn(first)).toEqual(kinds)
  })

  test('may be opened on a new file at once', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStateStore({ dsn })))
    await Promise.all(stores.map((store, index) => store.save(record(`k${index}`))))
    expect(await Promise.all(stores.map(async (store) => (await kindsIn(store)).length))).toEqual(
      stores.map(() => 8),
    )
    await Promise.all(stores.map((store) => store.close()))
  })

  test('are closed each by itself', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
    const first = await openStateStore({ dsn })
    await using second = await openStateStore({ dsn })
    await first.close()
    expect(await second.save(record('k.one'))).toBe('saved')
    await expect(first.save(record('k.two'))).rejects.toMatchObject({ code: 'store_closed' })
  })
})

describe('two stores on one database', () => {
  test('may be opened at once, on a new file as well', async () => {
    await using database = await openSqlite({ dsn: join(await temporaryFolder(), 'a.db') })
    const [first, second] = await Promise.all([
      openStateStore({ database }),
      openStateStore({ database }),
    ])
    await first.save(record('k.one'))
    expect(await kindsIn(second)).toEqual(['k.one'])
  })

  test('leave it open for the other when they are closed', async () => {
    await using database = await openSqlite({ dsn: ':memory:' })
    const first = await openStateStore({ database })
    await first.save(record('k.one'))
    await first.close()
    await using second = await openStateStore({ database })
    expect(await kindsIn(second)).toEqual(['k.one'])
  })

  test('answer store_closed once it is closed', async () => {
    const database = await openSqlite({ dsn: ':memory:' })
    await using store = await openStateStore({ database })
    await database.close()
    await expect(store.save(record('k.one'))).rejects.toMatchObject({ code: 'store_closed' })
  })

  test.each([
    ['are applied', false],
    ['fail', true],
  ])('keep every acknowledged save while migrations of other tables %s', async (_, isFailing) => {
    const path = join(await temporaryFolder(), 'a.db')
    const database = await openSqlite({ dsn: path })
    const store = await openStateStore({ database })
    const acknowledged: string[] = []
    const saving = Array.from({ length: 200 }, async (_each, index) => {
      await turns(index)
      await store.save(record(`k${index + 1_000}`))
      acknowledged.push(`k${index + 1_000}`)
    })
    await Promise.all([...saving, migrateMemory(), migrateArtifacts()])
    await database.close()

    await using again = await openStateStore({ dsn: `sqlite:${path}` })
    expect(acknowledged.length).toBe(200)
    expect(await kindsIn(again)).toEqual(acknowledged.sort())

    async function migrateMemory(): Promise<void> {
      const migrating = migrateSubsystem(
        requireSqlDatabase(database),
        {
          name: 'memory',
          packageName: '@harborage/memory',
          migrations: { '0001': createTable('notes'), '0002': endMigration },
        },
        'apply',
      )
      if (isFailing) await expect(migrating).rejects.toMatchObject({ code: 'migration_failed' })
      else await migrating
    }

    async function endMigration(): Promise<void> {
      await turns(50)
      if (isFailing) throw new Error('the second migration')
    }

    async function migrateArtifacts(): Promise<void> {
      await migrateSubsystem(
        requireSqlDatabase(database),
        {
          name: 'artifacts',
          packageName: '@harborage/artifacts',
          migrations: { '0001': createTable('blobs') },
        },
        'apply',
      )
    }
  })
})

type Migration = Parameters<typeof migrateSubsystem>[1]['migrations'][string]

function createTable(name: string): Migration {
  return async (db) => {
    await db.schema.createTable(name).addColumn('id', 'text').execute()
  }
}

function record(kind: string): NewStateRecord {
  return { eventId: newEventId(), identity, kind, bytes: new TextEncoder().encode(kind) }
}

async function kindsIn(store: StateStore): Promise<string[]> {
  const kinds: string[] = []
  for await (const { kind } of store.listKind({ maintenanceScoped: true }, 'k')) kinds.push(kind)
  return kinds
}

/** Waits for rounds of other work, so that calls run between the steps of others. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}
