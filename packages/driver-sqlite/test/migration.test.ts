import { join } from 'node:path'

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { holdWriteLock } from './support/write-lock.ts'

describe('a migration', () => {
  test('keeps concurrent calls out of its transaction', async () => {
    await using notes = await Notes.open({ dsn: ':memory:' })
    const rolledBack = expectRollback(notes)
    await notes.write('acknowledged')
    await rolledBack
    expect(await notes.ids()).toEqual(['acknowledged'])
  })

  test('keeps out calls that waited for the lock at the same time', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn })
    const lock = await holdWriteLock(dsn)
    const ids = Array.from({ length: 50 }, (_, index) => `n${index + 10}`)
    const before = ids.slice(0, 25).map((id) => notes.write(id))
    const rolledBack = expectRollback(notes)
    const after = ids.slice(25).map((id) => notes.writeAll(id))
    await lock.release()
    await Promise.all([...before, rolledBack, ...after])
    expect(await notes.ids()).toEqual(ids)
  })

  test('waits for another one of the same database', async () => {
    await using notes = await Notes.open({ dsn: ':memory:' })
    const log: string[] = []
    const migrate = (name: string): Promise<void> =>
      notes.database.migrate({ name, tables: [] }, async (db) => {
        log.push(`${name} begins`)
        await sql`insert into notes values (${name})`.execute(db)
        log.push(`${name} ends`)
      })
    await Promise.all([migrate('first'), migrate('second')])
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  test('is finished before the database closes', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    const notes = await Notes.open({ dsn })
    await notes.database.migrate({ name: 'test', tables: [] }, async (db) => {
      void notes.close()
      await sql`insert into notes values ('of the migration')`.execute(db)
    })
    await notes.close()
    expect((await failureOf(notes.ids())).code).toBe('store_closed')
    await using again = await Notes.open({ dsn })
    expect(await again.ids()).toEqual(['of the migration'])
  })
})

/** Runs a migration that fails halfway. */
function expectRollback(notes: Notes): Promise<void> {
  const migrating = notes.database.migrate({ name: 'test', tables: [] }, async (db) => {
    await sql`insert into notes values ('of the migration')`.execute(db)
    throw new Error('rolled back')
  })
  return expect(migrating).rejects.toThrow('rolled back')
}
