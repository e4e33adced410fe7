import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { createEventBus } from '@harborage/core'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import { startProcess, type RunningProcess } from '../../harness/start-process.ts'
import { operationsOf, type Trace } from './operations.ts'
import { closeStores, openStores, type Ground, type Place } from './places.ts'
import type { WorkerConfig, WorkerReport } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** The time to wait for the report of a broken build. */
const REPORT_OF_BROKEN_BUILD_MS = 6_000
const EXIT_OF_BROKEN_BUILD_MS = 1_000

/** Runs a process that closes its stores under load, and checks the result. */
export async function closeUnderLoad(
  place: Place,
  seed: number,
  dsn: string,
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-close-'))
  try {
    const config = { ground: { place, folder, dsn }, round: `round ${seed}`, seed }
    const { report, violations } = await runWorker(config, brokenBuild)
    if (report === undefined) return figures({ rounds: 1, violations })
    const found = await lookAt(config, report)
    return { ...found, violations: [...violations, ...found.violations].map(inPlace(place, seed)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface WorkerEnd {
  readonly report: WorkerReport | undefined
  readonly violations: readonly string[]
}

async function runWorker(
  config: WorkerConfig,
  brokenBuild: BrokenBuild | undefined,
): Promise<WorkerEnd> {
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
  const exited = once(child, 'exit').then(() => true as const)
  try {
    const isBroken = brokenBuild !== undefined
    const line = await firstLine(child, isBroken ? REPORT_OF_BROKEN_BUILD_MS : HANG_LIMIT_MS)
    if (line === undefined) {
      return { report: undefined, violations: ['the close hangs, or the process fell over'] }
    }
    const report = JSON.parse(line) as WorkerReport
    const limit = new AbortController()
    const exitMs = isBroken ? EXIT_OF_BROKEN_BUILD_MS : HANG_LIMIT_MS
    const late = delay(exitMs, false as const, { signal: limit.signal })
    const isOver = await Promise.race([exited, late])
    limit.abort()
    late.catch(() => {})
    if (!isOver) return { report, violations: ['the process lives on after the close'] }
    return { report, violations: child.exitCode === 0 ? [] : ['the process ended with an error'] }
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}

/** Resolves to what the child reports; `undefined` if it ends or the time is up before. */
async function firstLine(child: RunningProcess, limitMs: number): Promise<string | undefined> {
  const lines = createInterface({ input: child.stdout })
  const timer = setTimeout(() => lines.close(), limitMs)
  try {
    for await (const line of lines) return line
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Compares the answers that the process got with what a fresh reader sees. */
async function lookAt(
  { ground, round, seed }: WorkerConfig,
  { outcomes, late }: WorkerReport,
): Promise<Figures> {
  const traces = await readTraces(ground, round, seed)
  const ended = outcomes.map((outcome, number) => ({ outcome, trace: traces[number] }))
  const countOf = (wanted: (end: (typeof ended)[number]) => boolean): number =>
    ended.filter(wanted).length
  return figures({
    rounds: 1,
    acknowledged: countOf(({ outcome }) => outcome === 'done'),
    lost: countOf(({ outcome, trace }) => outcome === 'done' && trace === 'absent'),
    torn: countOf(({ trace }) => trace === 'torn'),
    duplicated: countOf(({ trace }) => trace === 'doubled'),
    violations: [
      ...new Set(outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'store_closed')),
    ]
      .map((outcome) => (outcome === '' ? 'a call was not over when the close was' : outcome))
      .concat(
        late.filter((outcome) => outcome !== 'store_closed').map((each) => `late call: ${each}`),
      )
      .concat(
        ended.some(({ outcome, trace }) => outcome === 'store_closed' && trace === 'there')
          ? ['a call was refused and applied']
          : [],
      ),
  })
}

async function readTraces(
  ground: Ground,
  round: string,
  seed: number,
): Promise<readonly (Trace | undefined)[]> {
  if (ground.place === 'in memory') return []
  const summarizer = { summarize: () => Promise.reject(new Error('a reader folds nothing')) }
  const reader = await openStores(ground, { summarizer, bus: createEventBus() })
  try {
    const operations = operationsOf(round, seed, reader.state !== undefined)
    return await Promise.all(operations.map(async ({ trace }) => trace?.(reader)))
  } finally {
    await closeStores(reader)
  }
}

function inPlace(place: Place, seed: number): (violation: string) => string {
  return (violation) => `${place}, round ${seed}: ${violation}`
}
