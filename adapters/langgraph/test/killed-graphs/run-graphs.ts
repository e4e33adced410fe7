/**
 * Run by the row of faults about killed graphs, in a process of its own, which is killed: judges
 * the threads that an earlier process left behind, continues them until they end, and begins new
 * ones. Each line that it writes is a {@link Line}.
 */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { isDeepStrictEqual } from 'node:util'

import { isHarborageError, userOwner } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { writeLine } from '@harborage/test-kit/write-line'
import { Command, type LangGraphRunnableConfig } from '@langchain/langgraph'

import { ANSWER, finalValues, firstInput, graphOf } from './graph.ts'
import { isAnything, judgeThread, nothing, sumOf } from './judge-thread.ts'
import { TellingSaver } from './telling-saver.ts'
import type { Found, Line, Told } from './told.ts'

/** The argument of the process, as JSON. */
interface RunOptions {
  readonly dsn: string
  /** A file with what earlier processes told. */
  readonly witness: string
  /** Whether it begins threads as others end, for ever. */
  readonly begins: boolean
}

const THREADS_AT_ONCE = 3
/** Of the threads, one of this many does not wait for its checkpoints. */
const ASYNC = 3

const { dsn, witness, begins } = JSON.parse(process.argv[2] ?? '') as RunOptions
write({ what: 'opening' })
const told = Map.groupBy(linesIn(witness).filter(isTold), ({ thread }) => thread)
await using state = await openStateStore({ dsn, kindIndex: false })
const owner = userOwner({ tenantId: 'acme', userId: 'ann' })
const saver = new TellingSaver({ state, owner }, tell)
const graph = graphOf(saver, (config) => tell(effectIn(config)))
// The next process begins faster; this one is killed before it would do this by itself.
flushCompileCache()

const left = [...told.keys()].filter((thread) => !hasEnded(thread))
report(sumOf(await Promise.all(left.map(judge))))
await Promise.all(Array.from({ length: THREADS_AT_ONCE }, continueThreads))

async function continueThreads(): Promise<void> {
  for (;;) {
    const thread = left.shift() ?? (begins ? `thread ${told.size}` : undefined)
    if (thread === undefined) return
    if (!told.has(thread)) tell({ what: 'begun', thread })
    await runToEnd(thread)
    report(sumOf([await judge(thread), await judgeEnd(thread)]))
    tell({ what: 'ended', thread })
  }
}

/** Begins or resumes a thread, until its graph has ended. */
async function runToEnd(thread: string): Promise<void> {
  const durability = Number(thread.split(' ')[1]) % ASYNC === 0 ? 'async' : 'sync'
  const config = { configurable: { thread_id: thread } }
  for (;;) {
    const { createdAt, tasks } = await graph.getState(config)
    const isAsked = tasks.some(({ interrupts }) => interrupts.length > 0)
    if (createdAt === undefined) await graph.invoke(firstInput, { ...config, durability })
    else if (tasks.length === 0) return
    else if (isAsked) await graph.invoke(new Command({ resume: ANSWER }), { ...config, durability })
    else await graph.invoke(null, { ...config, durability })
  }
}

async function judge(thread: string): Promise<Found> {
  try {
    const tuples = await collect(saver.list({ configurable: { thread_id: thread } }))
    return judgeThread(told.get(thread) ?? [], tuples)
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return { ...nothing, violations: [`${thread} cannot be read: ${error.message}`] }
  }
}

/** Judges the values of a thread that has ended. */
async function judgeEnd(thread: string): Promise<Found> {
  const snapshot: { readonly values: unknown } = await graph.getState({
    configurable: { thread_id: thread },
  })
  const { log, ...others } = snapshot.values as typeof finalValues
  const isRight = isDeepStrictEqual({ ...others, log: log.toSorted() }, finalValues)
  const violations = isRight ? [] : [`${thread} ended with ${JSON.stringify(log)}`]
  const duplicated = log.length - new Set(log).size
  return { ...nothing, duplicated, violations }
}

/** Writes what was found. If that is anything, nothing more is done. */
function report(found: Found): void {
  write({ what: 'found', found })
  if (isAnything(found)) process.exit(1)
}

function tell(line: Told): void {
  told.set(line.thread, [...(told.get(line.thread) ?? []), line])
  write(line)
}

function write(line: Line): void {
  writeLine(1, JSON.stringify(line))
}

/** Returns what is told of an effect. The task that has it is the last of its namespace. */
function effectIn({ configurable }: LangGraphRunnableConfig): Told {
  const namespace = String(configurable?.['checkpoint_ns'])
  const task = namespace.slice(namespace.lastIndexOf(':') + 1)
  return { what: 'effect', thread: String(configurable?.['thread_id']), task }
}

function hasEnded(thread: string): boolean {
  return told.get(thread)?.some(({ what }) => what === 'ended') === true
}

function linesIn(file: string): readonly Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

function isTold(line: Line): line is Told {
  return 'thread' in line
}
