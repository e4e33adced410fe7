import { allOfTenant, createEventBus } from '@harborage/core'
import { requireSqlDatabase } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { turns } from '@harborage/test-kit/turns'
import { CountingDatabase, type Work } from './support/counting-database.ts'
import { ordinaryTurn, pilingRules } from './support/kept-turns.ts'
import { session } from './support/replica-rules.ts'

/** How many turns are kept. By the first, the ids of earlier turns take up all the room they get. */
const [FEW, MORE, MANY] = [
  70,
  measure({ quick: 500, full: 1_000 }),
  measure({ quick: 1_500, full: 10_000 }),
]

test.each(pilingRules)(
  `adding a turn to ${MANY} reads and writes what adding it to ${MORE} or to ${FEW} does: $name`,
  async ({ rules }) => {
    await using database = await openSqlite({ dsn: ':memory:' })
    const counting = new CountingDatabase(requireSqlDatabase(database))
    await using memory = await openMemoryStore({ database: counting, ...rules })

    const [few, more, many] = [
      await costAt(FEW, memory, counting),
      await costAt(MORE, memory, counting),
      await costAt(MANY, memory, counting),
    ]

    expect(few.rowsWritten).toBeGreaterThan(1)
    for (const later of [more, many]) {
      expect(later.transactions).toBe(few.transactions)
      expect(later.statements).toBe(few.statements)
      expect(later.rowsWritten).toBe(few.rowsWritten)
      expect(later.rowsRead).toBe(few.rowsRead)
      expect(later.bytesWritten / few.bytesWritten).toBeLessThan(1.1)
    }
  },
)

test('adding a turn reads nothing of the summary', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  const counting = new CountingDatabase(requireSqlDatabase(database))
  const rules = {
    strategy: 'rolling_summary',
    summarizer: { summarize: async () => ({ summary: 'so far' }) },
    bus: createEventBus(),
  } as const
  await using summarizing = await openMemoryStore({ ...rules, database, recentTurns: 0 })
  await summarizing.addTurn(session, ordinaryTurn(1))
  await summarizing.compact(session)
  await using memory = await openMemoryStore({ ...rules, database: counting, recentTurns: 10 })
  expect((await memory.getLlmContext(session)).summary).toBe('so far')

  counting.take()
  await memory.addTurn(session, ordinaryTurn(2))
  expect(counting.take().rowsRead).toBe(1)
})

test('a prune examines a page by one statement, without a lock', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  const counting = new CountingDatabase(requireSqlDatabase(database))
  await using memory = await openMemoryStore({
    database: counting,
    strategy: 'truncation',
    bus: createEventBus(),
  })
  const createdAt = new Date(1)
  const passages = [{ text: 'a', bytes: new Uint8Array(), createdAt }]
  for (let number = 0; number < 30; number += 1) {
    const each = { ...session, sessionId: `${number}` }
    await memory.addTurn(each, ordinaryTurn(1))
    await memory.passages.replace(each, 'messages', passages)
  }
  const { tenantId } = session
  const future = { olderThan: new Date(8.64e15), dryRun: true }
  for (const pruning of [memory, memory.passages]) {
    counting.take()
    const all = await pruning.prune(allOfTenant({ tenantId }), future)
    expect(all).toEqual({ examined: 30, pruned: 30 })
    expect(counting.take()).toMatchObject({ reads: 1, transactions: 0 })
    // Those among which the newest are kept are one more page.
    const some = await pruning.prune(allOfTenant({ tenantId }), { ...future, keepLatest: 10 })
    expect(some).toEqual({ examined: 30, pruned: 20 })
    expect(counting.take()).toMatchObject({ reads: 2, transactions: 0 })
  }
})

/** Enough turns of the event loop for all background work of a call: each commit takes one. */
const TURNS_OF_WORK = 20

/** Fills the conversation with turns, and resolves to the cost of adding one more. */
async function costAt(
  kept: number,
  memory: MemoryStore,
  database: CountingDatabase,
): Promise<Work> {
  const { recentTurns } = await memory.getLlmContext(session)
  for (let number = recentTurns.length; number < kept; number += 1) {
    await memory.addTurn(session, ordinaryTurn(number))
    // A conversation that nothing else has changed of late is not read again.
    if (number > kept - 3) await turns(TURNS_OF_WORK)
  }
  // Background work that adding a turn started counts toward its cost.
  await turns(TURNS_OF_WORK)
  database.take()
  await memory.addTurn(session, ordinaryTurn(kept))
  await turns(TURNS_OF_WORK)
  return database.take()
}
