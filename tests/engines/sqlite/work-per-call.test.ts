import { join } from 'node:path'

import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database, newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { LogWatcher } from './support/log-watcher.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const CALLS = measure({ quick: 320, full: 960 })
const MANY = measure({ quick: 16, full: 32 })
/**
 * The calls after which every kind of statement was used once, including the removal of old turns.
 */
const WARM_UP_CALLS = 70

/** What a store does for one call. */
interface Calls {
  /** One call by one of the callers. */
  readonly write: (caller: number) => Promise<unknown>
  readonly read: (caller: number) => Promise<unknown>
}

const stores: readonly [string, (database: Database) => Promise<Calls>][] = [
  ['saves and loads', stateCalls],
  ['puts and gets', artifactCalls],
  ['added turns and contexts', memoryCalls],
]

afterEach(() => vi.restoreAllMocks())

describe.each(stores)('%s', (_, openCalls) => {
  test('of one caller make one commit for each write, none for a read, and prepare nothing', async () => {
    await using database = await openSqlite({ dsn: await databasePath() })
    const { commits, prepared, commitsOfReads } = await workOf(database, openCalls, 1)
    expect(commits).toBe(CALLS)
    expect(commitsOfReads).toBe(0)
    expect(prepared).toBe(0)
  })

  test(`of ${MANY} callers share a commit, and prepare nothing`, async () => {
    await using database = await openSqlite({ dsn: await databasePath() })
    const { commits, prepared, commitsOfReads } = await workOf(database, openCalls, MANY)
    expect(commits).toBeLessThanOrEqual(CALLS / MANY + 2)
    expect(commitsOfReads).toBe(0)
    expect(prepared).toBe(0)
  })
})

let path = ''

async function databasePath(): Promise<string> {
  path = join(await temporaryFolder(), 'a.db')
  return path
}

async function workOf(
  database: Database,
  openCalls: (database: Database) => Promise<Calls>,
  callers: number,
): Promise<{ commits: number; commitsOfReads: number; prepared: number }> {
  const { write, read } = await openCalls(database)
  for (let call = 0; call < WARM_UP_CALLS; call += 1) {
    await callMany(callers, callers, write)
    await callMany(callers, callers, read)
  }
  using log = new LogWatcher(path)
  const prepare = vi.spyOn(BetterSqlite3.prototype, 'prepare')
  const commits = await log.commitsIn(() => callMany(CALLS, callers, write))
  const commitsOfReads = await log.commitsIn(() => callMany(CALLS, callers, read))
  return { commits, commitsOfReads, prepared: prepare.mock.calls.length }
}

/** Makes `count` calls; each caller makes its calls one after the other. */
async function callMany(
  calls: number,
  callers: number,
  call: (caller: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let each = caller; each < calls; each += callers) await call(caller)
    }),
  )
}

function sessionOf(caller: number): { tenantId: string; userId: string; sessionId: string } {
  return { tenantId: 'acme', userId: 'ann', sessionId: `s${caller}` }
}

async function stateCalls(database: Database): Promise<Calls> {
  const state = await openStateStore({ database })
  const bytes = new Uint8Array(1024)
  return {
    write: (caller) =>
      state.save({ eventId: newEventId(), identity: sessionOf(caller), kind: 'k', bytes }),
    read: (caller) => state.loadOrThrow(sessionOf(caller), 'k'),
  }
}

async function artifactCalls(database: Database): Promise<Calls> {
  const artifacts = await openArtifactStore({ database })
  const ids = new Map<number, string>()
  return {
    async write(caller) {
      const { id } = await artifacts.putText(sessionOf(caller), newEventId())
      ids.set(caller, id)
    },
    read: (caller) => artifacts.getText(sessionOf(caller), ids.get(caller) ?? ''),
  }
}

async function memoryCalls(database: Database): Promise<Calls> {
  const rules = { strategy: 'truncation', budgetTokens: 100, bus: createEventBus() } as const
  const memory = await openMemoryStore({ database, ...rules })
  const turn = { userMessage: 'Is my flight on time?', assistantResponse: 'It leaves at 9:40.' }
  return {
    write: (caller) => memory.addTurn(sessionOf(caller), turn),
    read: (caller) => memory.getLlmContext(sessionOf(caller)),
  }
}
