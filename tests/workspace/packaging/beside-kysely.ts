/**
 * A script of a project with a kysely of its own. It takes a DSN, and fails unless every store
 * gives back what it got.
 */
export const besideKysely: string = `
import { createEventBus, newEventId, openDatabase } from '@harborage/core'
import { openArtifactStore } from '@harborage/artifacts'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'

const own = new Kysely<{ notes: { id: string } }>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
if (own.selectFrom('notes').select('id').compile().sql === '') throw new Error('no query')

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const bytes = new TextEncoder().encode('kept')
const database = await openDatabase(process.argv[2] ?? '')
const state = await openStateStore({ database })
const artifacts = await openArtifactStore({ database })
const memory = await openMemoryStore({ database, strategy: 'truncation', bus: createEventBus() })

const saves = [1, 2, 3].map((n) => ({ eventId: newEventId(), identity, kind: 'k.' + n, bytes }))
await Promise.all(saves.map((record) => state.save(record)))
await state.commit({ save: saves.map((record) => ({ ...record, eventId: newEventId() })) })
let listed = 0
for await (const _ of state.list(identity, 'k.')) listed += 1
for await (const _ of state.listKind({ maintenanceScoped: true }, 'k.')) listed += 1
const { id } = await artifacts.putBytes(identity, bytes)
const back = await artifacts.getText(identity, id)
await memory.addTurn(identity, { userMessage: 'hello', assistantResponse: 'hi' })
const { recentTurns } = await memory.getLlmContext(identity)
await Promise.all([state.close(), artifacts.close(), memory.close()])
await database.close()
if (listed !== 6 || back !== 'kept' || recentTurns.length !== 1) throw new Error('something is lost')
`
