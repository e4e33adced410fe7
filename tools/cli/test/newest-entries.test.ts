import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { expect, test } from 'vitest'
import { newestEntries } from '../src/showing/newest-entries.ts'
import { run } from './support/filled-stores.ts'

test.each([
  ['that are held', 1_000],
  ['that are too large to be held', 25],
])('the newest entries of a stream are all there, the oldest first: those %s', async (_, held) => {
  await using journal = await openJournalStore()
  const entries = Array.from({ length: 10 }, () => ({
    entryId: newEventId(),
    bytes: Buffer.alloc(10),
  }))
  await journal.append(run, 'events', entries)
  const positions: number[] = []
  for await (const { position } of newestEntries(
    journal,
    { owner: run, stream: 'events', limit: 7 },
    held,
  )) {
    positions.push(position)
  }
  expect(positions).toEqual([4, 5, 6, 7, 8, 9, 10])
})
