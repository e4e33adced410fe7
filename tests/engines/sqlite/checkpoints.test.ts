import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { newEventId } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { WatchedLog } from '@harborage/test-kit/sqlite/write-ahead-log'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const MIB = 1024 * 1024

/** The first checkpoint is due at 4 MiB, as are those that commits make. */
const LARGEST_FIRST_LOG_BYTES = 5 * MIB

/** A checkpoint is due at 16 MiB at the latest. */
const LARGEST_LOG_BYTES = 18 * MIB

/** The number of restarts after which an unbounded log would double repeatedly. */
const TIMES_UNTIL_LARGEST = measure({ quick: 4, full: 6 })

/** Where the header of the first frame of a log is. */
const FIRST_FRAME_AT = 32

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
/** What a round of saves writes, whatever the number of callers: less than a log may be too long. */
const ROUND_BYTES = 512 * 1024

describe.each([1, measure({ quick: 8, full: 32 })])(
  'while %i callers save without a pause',
  (callers) => {
    test('the log restarts each time a checkpoint is due, and stays short', async () => {
      const path = await databasePath()
      await using state = await openStateStore({ dsn: `sqlite:${path}` })
      const first = await saveUntilBegun(1, state, path, callers)
      expect(first.largest).toBeLessThan(LARGEST_FIRST_LOG_BYTES)
      const log = await saveUntilBegun(TIMES_UNTIL_LARGEST, state, path, callers)
      expect(log.largest).toBeLessThan(LARGEST_LOG_BYTES)
    })

    test('no save is the first commit of a log, which has a sync more than the others', async () => {
      const path = await databasePath()
      await using state = await openStateStore({ dsn: `sqlite:${path}` })
      await saveUntilBegun(2, state, path, callers)
      const log = await readFile(`${path}-wal`)
      const page = log.readUInt32BE(FIRST_FRAME_AT)
      const pagesAfterCommit = log.readUInt32BE(FIRST_FRAME_AT + 4)
      // A save has more pages than this one, and so a first frame that ends no commit.
      expect({ page, endsCommit: pagesAfterCommit > 0 }).toEqual({ page: 1, endsCommit: true })
    })
  },
)

test('the log restarts and stays short even if the thread cannot open the database', async () => {
  const path = await databasePath()
  await using state = await openStateStore({ dsn: `sqlite:${path}` })
  await rename(path, `${path}.elsewhere`)
  const log = await saveUntilBegun(3, state, path, 1)
  expect(log.largest).toBeLessThan(LARGEST_FIRST_LOG_BYTES)
})

test('a checkpoint does not change what the owner wrote into the header of the file', async () => {
  const path = await databasePath()
  using owner = openBare(path)
  owner.connection.pragma('user_version = 17')
  await using state = await openStateStore({ dsn: `sqlite:${path}` })
  await saveUntilBegun(2, state, path, 1)
  expect(owner.connection.pragma('user_version', { simple: true })).toBe(17)
})

async function databasePath(): Promise<string> {
  return join(await temporaryFolder(), 'a.db')
}

function openBare(path: string): Disposable & { readonly connection: BetterSqlite3.Database } {
  const connection = new BetterSqlite3(path)
  return { connection, [Symbol.dispose]: () => void connection.close() }
}

/** Saves until the log of the database has restarted `times` times. */
async function saveUntilBegun(
  times: number,
  state: StateStore,
  path: string,
  callers: number,
): Promise<WatchedLog> {
  const log = new WatchedLog(path)
  const bytes = new Uint8Array(Math.min(ROUND_BYTES / callers, 128 * 1024))
  while (log.timesBegun < times) {
    await Promise.all(
      Array.from({ length: callers }, (_, caller) =>
        state.save({ eventId: newEventId(), identity, kind: `k.${caller}`, bytes }),
      ),
    )
    await log.look()
  }
  return log
}
