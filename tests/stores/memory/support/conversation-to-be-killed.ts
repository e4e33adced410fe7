// Run by crash.test.ts: holds the conversation of told-turns.ts and dies at the given step of it.
import { flushCompileCache } from 'node:module'

import { openMemoryStore, type Summarizer } from '@harborage/memory'

import { writeLine } from '@harborage/test-kit/write-line'
import { FaultPoints } from './fault-points.ts'
import { MortalDatabase } from './mortal-database.ts'
import { openEngine } from './open-engine.ts'
import { reliableSummarizer } from './reliable-summarizer.ts'
import { crashRules, sessionOf, toldTurns } from './told-turns.ts'
import { TornDatabase } from './torn-database.ts'

const [, , dsn = '', fatalStep = '', kind = ''] = process.argv
const points = new FaultPoints(Number(fatalStep))
const mortalSummarizer: Summarizer = {
  async summarize(...request) {
    points.pass()
    const answer = await reliableSummarizer.summarize(...request)
    points.pass()
    return answer
  },
}

const engine = await openEngine(dsn)
const chosen = kind === 'torn' ? new TornDatabase(engine) : engine
const database = new MortalDatabase(chosen, points)
const memory = await openMemoryStore({ database, ...crashRules(mortalSummarizer) })
flushCompileCache()
points.arm()
for (const turn of toldTurns) {
  await memory.addTurn(sessionOf(fatalStep), turn)
  writeLine(1, turn.userMessage)
  await memory.settled()
}
await memory.close()
await engine.close()
