import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { SqliteConfig } from '@harborage/driver-sqlite'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const FULL = 2
const NORMAL = 1

describe('the connection of a database', () => {
  test('synchronizes each commit to the disk, unlike the default of the build', async () => {
    await using notes = await openNotes({})
    expect(await notes.pragma('synchronous')).toBe(FULL)
  })

  test("synchronizes less with durability: 'normal'", async () => {
    await using notes = await openNotes({ durability: 'normal' })
    expect(await notes.pragma('synchronous')).toBe(NORMAL)
  })

  test('uses write-ahead logging, so that readers and a writer do not wait for each other', async () => {
    await using notes = await openNotes({})
    expect(await notes.pragma('journal_mode')).toBe('wal')
  })

  test("never waits inside SQLite, which would block this process's other work", async () => {
    await using notes = await openNotes({ busyTimeoutMs: 60_000 })
    expect(await notes.pragma('busy_timeout')).toBe(0)
  })

  test('makes no checkpoint within a commit, which would need three syncs instead of one', async () => {
    await using notes = await openNotes({})
    expect(await notes.pragma('wal_autocheckpoint')).toBe(0)
  })

  test('leaves the bytes of what is deleted where they are, as a faster default', async () => {
    await using notes = await openNotes({})
    expect(await notes.pragma('secure_delete')).toBe(0)
  })

  test('overwrites the bytes of what is deleted with secureDelete', async () => {
    await using notes = await openNotes({ secureDelete: true })
    expect(await notes.pragma('secure_delete')).toBe(1)
  })

  test('refuses every change with readOnly', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn })
    await notes.write('one')
    await using reader = await Notes.unmade({ dsn, readOnly: true })
    expect(await reader.ids()).toEqual(['one'])
    for (const call of [reader.write('two'), reader.writeAll('two'), reader.make()]) {
      expect(await failureOf(call)).toMatchObject({ code: 'store_unavailable', retryable: false })
    }
    expect(await notes.ids()).toEqual(['one'])
    const missing = join(await temporaryFolder(), 'b.db')
    await using none = await Notes.unmade({ dsn: missing, readOnly: true })
    expect(await failureOf(none.make())).toMatchObject({ code: 'store_unavailable' })
    expect(existsSync(missing)).toBe(false)
  })

  test('does not trust functions in the schema', async () => {
    await using notes = await openNotes({})
    expect(await notes.pragma('trusted_schema')).toBe(0)
  })
})

async function openNotes(options: Omit<SqliteConfig, 'dsn'>) {
  const dsn = join(await temporaryFolder(), 'a.db')
  return Notes.open({ dsn, ...options })
}
