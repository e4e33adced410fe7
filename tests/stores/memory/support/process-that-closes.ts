// Run by close.test.ts: closes a store whose summarizer is in trouble, and then has nothing left to
// do.
import { setImmediate as nextRound } from 'node:timers/promises'

import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'

import { numberedTurn } from './numbered-turns.ts'
import { openEngine } from './open-engine.ts'
import { session } from './replica-rules.ts'
import { scriptedSummarizer, type Fate } from './scripted-summarizer.ts'

const HOUR_MS = 3_600_000
const [, , dsn = '', trouble = ''] = process.argv
const fates: Readonly<Record<string, readonly Fate[]>> = { hangs: ['hangs'], fails: ['fails'] }
const summarizer = scriptedSummarizer(fates[trouble] ?? [])
const bus = createEventBus()
const began = Promise.withResolvers<void>()
bus.subscribe({ type: 'memory.health_changed' }, () => began.resolve())
if (trouble === 'hangs') began.resolve()

const database = await openEngine(dsn)
const memory = await openMemoryStore({
  database,
  strategy: 'rolling_summary',
  recentTurns: 0,
  summarizer,
  bus,
  retryBackoffMs: HOUR_MS,
  degradedRetryMs: HOUR_MS,
  summarizerTimeoutMs: HOUR_MS,
  closeGraceMs: 20,
})
await memory.addTurn(session, numberedTurn('a', 1))
await began.promise
// The step is told before the pause for the retry begins.
await nextRound()
const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
const before = countTimers()
await memory.close()
await database.close()
process.stdout.write(`${before} ${countTimers()}\n`)
