import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { startProcess } from '../../harness/start-process.ts'
import { brokenBuilds } from './broken-builds.ts'

/** In the package of the adapter, where its framework is installed. */
const script = join(repositoryRoot, 'adapters/langgraph/test/isolation/worker.ts')

/** The share of the calls on each place. */
const shares: readonly (readonly [place: string, share: number])[] = [
  ['memory', 0.4],
  ['SQLite', 0.4],
  ['Postgres', 0.2],
]

export const crossingOwners: FaultRow = {
  name: 'crossing owners',
  how: 'calls of the store for LangGraph, several at once, of owners with similar names, with namespaces, keys and arguments that name other owners',
  checked: 'each answer is what this owner stored: nothing of another one, and all of its own',
  unit: 'calls',
  full: 100_000,
  slice: 3_000,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsns: Readonly<Record<string, string>> = {
    memory: 'memory:',
    SQLite: 'sqlite::memory:',
    Postgres: await freshDatabase(),
  }
  const done = new Map<string, number>()
  const noticed = new AbortController()
  const found = await Promise.all(
    shares.map(async ([place, share], index) => {
      const config = { dsn: dsns[place], seed: index + 1, calls: Math.ceil(rounds * share) }
      const part = await fuzz(config, brokenBuild, noticed.signal, (calls) => {
        done.set(place, calls)
        progress([...done.values()].reduce((sum, each) => sum + each, 0))
      })
      if (isNoticed(brokenBuild, [part])) noticed.abort()
      return { ...part, violations: part.violations.map((each) => `${place}: ${each}`) }
    }),
  )
  return sumOf(found)
}

async function fuzz(
  config: object,
  brokenBuild: BrokenBuild | undefined,
  noticed: AbortSignal,
  progress: (done: number) => void,
): Promise<Figures> {
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
  const exited = once(child, 'exit')
  noticed.addEventListener('abort', () => child.kill('SIGKILL'))
  let found: Partial<Figures> | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { readonly done?: number; readonly found?: Partial<Figures> }
    if (told.done !== undefined) progress(told.done)
    found ??= told.found
  }
  await exited
  if (found === undefined) return figures({ violations: ['the process ended before its calls'] })
  return figures(found)
}
