// Run by clocks.test.ts: adds a turn for each line it reads, and answers with what its clock says.
import { createInterface } from 'node:readline'

import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'

import { openEngine } from './open-engine.ts'
import { session } from './replica-rules.ts'

const [, , dsn = ''] = process.argv
await using database = await openEngine(dsn)
await using memory = await openMemoryStore({
  database,
  strategy: 'truncation',
  bus: createEventBus(),
})
for await (const line of createInterface(process.stdin)) {
  await memory.addTurn(session, { userMessage: line, assistantResponse: 'noted' })
  process.stdout.write(`${Date.now()}\n`)
}
