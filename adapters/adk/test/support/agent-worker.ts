/**
 * Run by a test, which kills it: makes a session, says one message after another to an agent, and
 * writes the number of each once it was answered.
 */
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, openDatabase } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { importDriver } from '@harborage/test-kit/adapters/import-driver'
import { writeLine } from '@harborage/test-kit/write-line'

import { countingTool } from './counting-tool.ts'
import { runnerOf, say } from './agent.ts'
import { ann } from './events.ts'
import { ScriptedModel } from './scripted-model.ts'

const [, , dsn = ''] = process.argv
await importDriver(dsn)
await using database = await openDatabase(dsn)
const stores = {
  artifacts: await openArtifactStore({ database }),
  journal: await openJournalStore({ database }),
  memory: await openMemoryStore({ database, bus: createEventBus() }),
  state: await openStateStore({ database }),
}
const runner = runnerOf(stores, new ScriptedModel(), [countingTool])
await runner.sessionService.getOrCreateSession({ ...ann, sessionId: 's1' })
for (let message = 1; ; message += 1) {
  await say(runner, `message ${message}`)
  writeLine(1, `${message}`)
}
