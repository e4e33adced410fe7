import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { BrokenBuild, Figures } from './fault-row.ts'
import { figures, isNoticed, sumOf } from './figures.ts'
import { startProcess } from './start-process.ts'

/** A line of a process that fuzzes: how many calls it has made, or what they showed in the end. */
export type FuzzingLine = { readonly done: number } | { readonly found: Partial<Figures> }

/** A place whose calls are made in a process of their own. */
export interface FuzzedPlace {
  readonly name: string
  /** What the process gets as its argument, as JSON. */
  readonly config: { readonly seed: number }
}

/** What fuzzes the places. */
export interface Fuzzing {
  /** The path of the script, which writes {@link FuzzingLine}s. */
  readonly script: string
  readonly brokenBuild: BrokenBuild | undefined
  /** Called with the number of calls that were made in all places. */
  readonly progress: (done: number) => void
  /** How long a process may write nothing, in milliseconds, until it is killed. Default: for ever. */
  readonly silenceMs?: number
}

/** Makes calls of all places at once. Ends all of them once one has noticed a broken build. */
export async function fuzzPlaces(
  places: readonly FuzzedPlace[],
  fuzzing: Fuzzing,
): Promise<Figures> {
  const done = new Map<string, number>()
  const noticed = new AbortController()
  const found = await Promise.all(
    places.map(async (place) => {
      const part = await fuzzPlace(place, fuzzing, noticed.signal, (calls) => {
        done.set(place.name, calls)
        fuzzing.progress([...done.values()].reduce((sum, each) => sum + each, 0))
      })
      if (isNoticed(fuzzing.brokenBuild, [part])) noticed.abort()
      return { ...part, violations: part.violations.map((each) => `${place.name}: ${each}`) }
    }),
  )
  return sumOf(found)
}

async function fuzzPlace(
  { config }: FuzzedPlace,
  { script, brokenBuild, silenceMs }: Fuzzing,
  noticed: AbortSignal,
  progress: (done: number) => void,
): Promise<Figures> {
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
  const exited = once(child, 'exit')
  noticed.addEventListener('abort', () => child.kill('SIGKILL'))
  const watch =
    silenceMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), silenceMs)
  let found: Partial<Figures> | undefined
  let reached = 0
  for await (const line of createInterface({ input: child.stdout })) {
    watch?.refresh()
    const told = JSON.parse(line) as FuzzingLine
    if ('found' in told) found = told.found
    else progress((reached = told.done))
  }
  await exited
  clearTimeout(watch)
  const ended = `seed ${config.seed}: a call after ${reached} hangs or ends the process`
  return figures(found ?? { violations: [ended] })
}
