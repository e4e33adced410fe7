import { allOfSession, allOfTenant, createEventBus, newEventId } from '@harborage/core'
import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const COMMIT = 'COMMIT\0'
const kind = 'lease'
const text = 'the tool output'

interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

async function openStores(dsn: string): Promise<Stores & AsyncDisposable> {
  const opened = await openPostgres({ dsn })
  return {
    state: await openStateStore({ database: opened }),
    artifacts: await openArtifactStore({ database: opened }),
    memory: await openMemoryStore({
      database: opened,
      bus: createEventBus(),
      strategy: 'truncation',
      budgetTokens: 0,
    }),
    [Symbol.asyncDispose]: () => opened.close(),
  }
}

interface Deletion {
  readonly what: string
  /** The statement whose answer is lost. */
  readonly sent: string
  readonly begin: (stores: Stores) => Promise<() => Promise<unknown>>
  readonly isDone: (stores: Stores) => Promise<boolean>
  /** Writes as another caller, and resolves to what the store then holds. */
  readonly write: (stores: Stores) => Promise<unknown>
  readonly isThere: (stores: Stores) => Promise<boolean>
}

const ofState: Pick<Deletion, 'isDone' | 'write' | 'isThere'> = {
  isDone: async ({ state }) => (await state.load(ann, kind)) === undefined,
  write: async ({ state }) =>
    expect(await state.save(newRecord({ kind }), { ifEventId: null })).toBe('saved'),
  isThere: async ({ state }) => (await state.load(ann, kind)) !== undefined,
}

const ofArtifacts: Pick<Deletion, 'isDone' | 'write' | 'isThere'> = {
  isDone: async ({ artifacts }) => (await idOf(artifacts)) === undefined,
  write: ({ artifacts }) => artifacts.putText(session, text),
  isThere: async ({ artifacts }) => (await idOf(artifacts)) !== undefined,
}

const ofMemory: Pick<Deletion, 'sent' | 'isDone' | 'write' | 'isThere'> = {
  sent: COMMIT,
  isDone: async ({ memory }) => (await memory.getLlmContext(ann)).recentTurns.length === 0,
  write: async ({ memory }) => memory.addTurn(ann, turn('after')),
  isThere: async ({ memory }) => (await memory.getLlmContext(ann)).recentTurns.length === 1,
}

const deletions: readonly Deletion[] = [
  {
    ...ofState,
    what: 'delete of a slot',
    sent: 'harbor_state_delete',
    begin: async ({ state }) => {
      await state.save(newRecord({ kind }))
      return () => state.delete(ann, kind)
    },
  },
  {
    ...ofState,
    what: 'deleteAll of state',
    sent: COMMIT,
    begin: async ({ state }) => {
      await state.save(newRecord({ kind }))
      return () => deleteSession(state, session)
    },
  },
  {
    ...ofState,
    what: 'commit that only deletes',
    sent: COMMIT,
    begin: async ({ state }) => {
      await state.save(newRecord({ kind }))
      return () => state.commit({ delete: [{ identity: ann, kind }] })
    },
  },
  {
    ...ofState,
    what: 'commit that deletes, and whose save is deleted since',
    sent: COMMIT,
    begin: async ({ state }) => {
      await state.save(newRecord({ kind }))
      const save = [newRecord({ kind: 'done' })]
      return () => state.commit({ save, delete: [{ identity: ann, kind }] })
    },
    write: async (stores) => {
      expect(await stores.state.delete(ann, 'done')).toBe(true)
      await ofState.write(stores)
    },
  },
  {
    ...ofArtifacts,
    what: 'delete of an artifact',
    sent: 'harbor_artifacts_delete',
    begin: async ({ artifacts }) => {
      const { id } = await artifacts.putText(session, text)
      return () => artifacts.delete(session, id)
    },
  },
  {
    ...ofArtifacts,
    what: 'deleteAll of artifacts',
    sent: COMMIT,
    begin: async ({ artifacts }) => {
      await artifacts.putText(session, text)
      return () => deleteSession(artifacts, session)
    },
  },
  {
    what: 'restore of a conversation',
    sent: COMMIT,
    begin: async ({ memory }) => {
      await memory.addTurn(ann, turn('before'))
      return async () => memory.restore(ann, { bytes: new Uint8Array() })
    },
    isDone: async ({ memory }) => (await memory.getLlmContext(ann)).recentTurns.length === 0,
    write: async ({ memory }) => {
      // Another restore, so that the header no longer names the first one.
      await memory.restore(ann, { bytes: new Uint8Array() })
      await memory.addTurn(ann, turn('after'))
    },
    isThere: async ({ memory }) => (await memory.getLlmContext(ann)).recentTurns.length === 1,
  },
  {
    ...ofMemory,
    what: 'delete of a conversation',
    begin: async ({ memory }) => {
      await memory.addTurn(ann, turn('before'))
      return async () => memory.delete(ann)
    },
  },
  ...[allOfSession(session), allOfTenant({ tenantId: session.tenantId })].map((subtree) => ({
    ...ofMemory,
    what: `deleteAll of the conversations of a ${subtree.level}`,
    begin: async ({ memory }: Stores) => {
      await memory.addTurn(ann, turn('before'))
      return () => memory.deleteAll(subtree)
    },
  })),
]

describe('what was written after a deletion whose answer was lost stays', () => {
  test.each(deletions)('$what', async ({ sent, begin, isDone, write, isThere }) => {
    await using proxy = await TcpProxy.start(database.dsn)
    await using own = await openStores(proxy.dsn)
    await using others = await openStores(database.dsn)
    const make = await begin(own)
    // The store handles the lost answer only after the calls of others.
    const lost = proxy.failOnce(sent, 'cut the answer').then(() => proxy.stall())
    const failing = failureOf(make())
    await lost
    await vi.waitUntil(() => isDone(others), { timeout: HANG_LIMIT_MS })
    await write(others)
    proxy.resume()
    expect(await failing).toMatchObject({ code: 'outcome_unknown' })
    expect(await isThere(others)).toBe(true)
    await deleteSession(others.state, session)
    await deleteSession(others.artifacts, session)
    await others.memory.delete(ann)
  })
})

async function idOf(artifacts: ArtifactStore): Promise<string | undefined> {
  for await (const { id } of artifacts.list(session)) return id
  return undefined
}

function turn(userMessage: string) {
  return { turnId: newEventId(), userMessage, assistantResponse: 'noted' }
}
