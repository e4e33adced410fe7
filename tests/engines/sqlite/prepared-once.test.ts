import { openArtifactStore } from '@harborage/artifacts'
import { allOfUser, createEventBus, newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { expect, test, vi } from 'vitest'

const user = { tenantId: 'acme', userId: 'ann' }
const identity = { ...user, sessionId: 's1' }
const EVERYWHERE = { maintenanceScoped: true } as const

test('no read is prepared again when it is repeated', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  await using memory = await openMemoryStore({
    database,
    strategy: 'truncation',
    bus: createEventBus(),
  })
  const { eventId } = await saveSome()
  const { id } = await artifacts.putText(identity, 'blue')
  await memory.addTurn(identity, { userMessage: 'hello', assistantResponse: 'hi' })

  async function saveSome() {
    const record = { eventId: newEventId(), identity, kind: 'note.1', bytes: new Uint8Array(1) }
    await state.save(record)
    await state.save({ ...record, eventId: newEventId(), kind: 'note.2' })
    return record
  }

  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    load: () => state.load(identity, 'note.1'),
    loadMany: () => state.loadMany(['note.1', 'note.2'].map((kind) => ({ identity, kind }))),
    loadByEventId: () => state.loadByEventId(identity, eventId),
    list: () => collect(state.list(identity, 'note.')),
    'list, newest first': () => collect(state.list(identity, '', { order: 'descending' })),
    'list of some': () => collect(state.list(identity, '', { from: 'note.2', limit: 1 })),
    listKeys: () => collect(state.listKeys(identity, 'note.')),
    count: () => state.count(identity, 'note.'),
    listKind: () => collect(state.listKind(EVERYWHERE, 'note.')),
    sessions: () => collect(state.sessions(allOfUser(user))),
    runs: () => collect(state.runs(identity)),
    tenants: () => collect(state.tenants(EVERYWHERE)),
    'get of an artifact': () => artifacts.get(identity, id),
    'list of artifacts': () => collect(artifacts.list(identity)),
    getLlmContext: () => memory.getLlmContext(identity),
  }
  for (const read of Object.values(reads)) await read()
  // better-sqlite3 makes a function that makes rows each time that SQLite prepares a statement.
  const made = vi.spyOn(globalThis, 'Function')
  try {
    for (const [name, read] of Object.entries(reads)) {
      await read()
      expect([name, made.mock.calls.length]).toEqual([name, 0])
    }
  } finally {
    made.mockRestore()
  }
})
