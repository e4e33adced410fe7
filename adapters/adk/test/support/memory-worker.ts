/**
 * Run by a test: says something to an agent in a session, has that remembered, and writes a line.
 * It then waits until it is killed.
 */
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, openDatabase } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { importDriver } from '@harborage/test-kit/adapters/import-driver'
import { writeLine } from '@harborage/test-kit/write-line'
import { runnerOf, say } from './agent.ts'
import { ann } from './events.ts'
import { RecallingModel } from './recalling-model.ts'

const [, , dsn = ''] = process.argv
await importDriver(dsn)
await using database = await openDatabase(dsn)
const stores = {
  artifacts: await openArtifactStore({ database }),
  journal: await openJournalStore({ database }),
  memory: await openMemoryStore({ database, bus: createEventBus() }),
  state: await openStateStore({ database }),
}
const runner = runnerOf(stores, new RecallingModel())
const key = { ...ann, sessionId: 'earlier' }
await runner.sessionService.getOrCreateSession(key)
await say(runner, 'My lamp is on the third shelf.', 'earlier')
const session = await runner.sessionService.getSession(key)
if (session !== undefined) await runner.memoryService?.addSessionToMemory(session)
writeLine(1, 'remembered')
setInterval(() => {}, 60_000)
