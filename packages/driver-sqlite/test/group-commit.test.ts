import { expect, onTestFinished, test, vi } from 'vitest'

import { Notes } from './support/notes.ts'

test('a transaction that fails halfway is undone, and those that share its commit are not', async () => {
  await using notes = await Notes.open({ dsn: ':memory:' })
  const outcomes = await Promise.allSettled([
    notes.writeAll('a', 'b'),
    notes.writeAll('c', 'a'),
    notes.write('d'),
    notes.write('b'),
    notes.writeAll('c', 'e'),
    notes.writeAll('f', 'd'),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
  ])
  expect(outcomes[1]).toMatchObject({ reason: { reason: 'unique_violation' } })
  expect(outcomes[4]).toMatchObject({ value: 3 })
  expect(await notes.ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a transaction that throws an own error rejects with that error', async () => {
  await using notes = await Notes.open({ dsn: ':memory:' })
  const thrown = new Error('decided otherwise')
  const outcomes = await Promise.allSettled([
    notes.write('a'),
    notes.database.transaction({ name: 'notes', repeat: 'never' }, function* () {
      yield* notes.writing('b')
      throw thrown
    }),
    notes.write('c'),
  ])
  expect(outcomes[1]).toEqual({ status: 'rejected', reason: thrown })
  expect(await notes.ids()).toEqual(['a', 'c'])
})

test('a migration waits for the writes before it, and those after it for the migration', async () => {
  await using notes = await Notes.open({ dsn: ':memory:' })
  const seen: string[][] = []
  await Promise.all([
    notes.write('a'),
    notes.writeAll('b'),
    notes.database.migrate({ name: 'test', tables: [] }, async (db) => {
      const rows = await db
        .$extendTables<{ notes: { id: string } }>()
        .selectFrom('notes')
        .select('id')
        .execute()
      seen.push(rows.map(({ id }) => id))
    }),
    notes.write('c'),
    notes.writeAll('d'),
  ])
  expect(seen).toEqual([['a', 'b']])
  expect(await notes.ids()).toEqual(['a', 'b', 'c', 'd'])
})

test('writes continue with fake timers, as in a test of the caller', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  await using notes = await Notes.open({ dsn: ':memory:' })
  await notes.write('a')
  await notes.write('b')
  expect(await notes.ids()).toEqual(['a', 'b'])
})
