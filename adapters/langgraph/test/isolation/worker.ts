/**
 * Run by the row of faults about crossed owners, in a process of its own: makes calls of several
 * owners at a time, and writes a line with what it found.
 */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { inspect, isDeepStrictEqual } from 'node:util'

import { openStateStore } from '@harborage/state'
import { writeLine } from '@harborage/test-kit/write-line'

import { Choice } from '@harborage/test-kit/choice'
import type { CallSource } from './fuzzed-call.ts'
import { ItemCalls } from './item-calls.ts'
import { isForeign, type Owning } from './owners.ts'
import { ThreadCalls } from './thread-calls.ts'

interface WorkerConfig {
  readonly dsn: string
  readonly seed: number
  readonly calls: number
}

/** What the calls of this process showed. */
const found = { rounds: 0, acknowledged: 0, foreign: 0, violations: [] as string[] }

const { dsn, seed, calls } = JSON.parse(process.argv[2] ?? '') as WorkerConfig
await using state = await openStateStore({ dsn, kindIndex: false })
const choice = new Choice(seed)
const sources: readonly CallSource[] = [new ItemCalls(state), new ThreadCalls(state)]
while (found.rounds < calls && found.foreign === 0 && found.violations.length === 0) {
  await callAtOnce(choice.of(sources))
  if (found.rounds % 1000 < 3) writeLine(1, JSON.stringify({ done: found.rounds }))
}
writeLine(1, JSON.stringify({ found }))

/** Makes a call of each of some owners, all at the same time. */
async function callAtOnce(source: CallSource): Promise<void> {
  const callers = new Set(
    Array.from({ length: 1 + choice.below(3) }, () => choice.of(source.owners)),
  )
  const made = [...callers].map((owner) => ({ owner, ...source.nextCall(owner, choice) }))
  const answers = await Promise.all(made.map(({ call }) => answerTo(call)))
  for (const [index, { owner, name, expected }] of made.entries()) {
    judge(owner, name, answers[index], expected)
  }
}

function judge(owner: Owning, name: string, answer: unknown, expected: unknown): void {
  found.rounds += 1
  if (isDeepStrictEqual(answer, expected)) {
    found.acknowledged += 1
    return
  }
  if (isForeign(answer, owner)) found.foreign += 1
  const what = `${name}, call ${found.rounds} of seed ${seed}`
  found.violations.push(`${what}: ${inspect(answer)} instead of ${inspect(expected)}`)
}

async function answerTo(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return `failed: ${inspect(error)}`
  }
}
