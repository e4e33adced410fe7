import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { openArtifactStore } from '@harborage/artifacts'
import { commitTogether, createEventBus, newEventId, type Part } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

const WAL_HEADER = 32
const FRAME_HEADER = 24

/** Returns the number of commits in a write-ahead log, each of which is one sync of the disk. */
function commitsIn(path: string): number {
  const log = readFileSync(path)
  const pageSize = log.readUInt32BE(8)
  let commits = 0
  for (let at = WAL_HEADER; at + FRAME_HEADER < log.length; at += FRAME_HEADER + pageSize) {
    // The last frame of a commit has the size of the database.
    if (log.readUInt32BE(at + 4) > 0) commits += 1
  }
  return commits
}

test('X5 a step is one commit on SQLite, which it shares with other callers', async () => {
  const path = join(await temporaryFolder(), 'steps.db')
  await using database = await openSqlite({ dsn: path })
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const rules = { database, strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore(rules)
  await using journal = await openJournalStore({ database })
  const record = () => {
    const eventId = newEventId()
    return { eventId, identity: session, kind: eventId, bytes: Buffer.from('a') }
  }
  const kinds = [
    () => state.prepare.save(record()),
    () => artifacts.prepare.putText(session, newEventId()),
    () => memory.prepare.addTurn(session, { userMessage: 'hi', assistantResponse: '' }),
    () =>
      journal.prepare.append(session, 'events', [
        { entryId: newEventId(), bytes: Buffer.from('a') },
      ]),
  ]
  const make = (count: number) => {
    const parts: Record<string, Part<unknown>> = {}
    for (let index = 0; index < count; index += 1) {
      const prepare = kinds[index % kinds.length]
      if (prepare !== undefined) parts[`part ${index}`] = prepare()
    }
    return commitTogether({ stepId: newEventId(), parts })
  }
  const during = async (work: () => Promise<unknown>): Promise<number> => {
    const before = commitsIn(`${path}-wal`)
    await work()
    return commitsIn(`${path}-wal`) - before
  }
  // The first step of a process also looks for old ones, and finds none to remove.
  await make(1)
  for (const count of [1, 10, 100]) {
    expect([count, await during(() => make(count))]).toEqual([count, 1])
  }
  const together = () =>
    Promise.all([make(10), ...Array.from({ length: 8 }, () => state.save(record())), make(4)])
  expect(await during(together)).toBe(1)
})
