/**
 * Repeats calls that were acknowledged long ago, in random order beside new ones, and checks that
 * the repetitions change nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { complaints, sumOf } from '../../harness/figures.ts'
import { Random } from '../../harness/random.ts'
import { isBroken } from '../../harness/this-build.ts'
import { openStores, type Place } from './stores.ts'
import { ArtifactCaller } from './artifact-caller.ts'
import { SlotCaller } from './slot-caller.ts'
import { TurnCaller } from './turn-caller.ts'

export interface WorkerConfig {
  readonly place: Place
  readonly dsn: string
  readonly seed: number
  readonly operations: number
}

/** A caller that works on one slot, conversation or scope, one step after the other. */
export interface Caller {
  /** Makes a new call and repeats earlier ones, at the same time. */
  step(): Promise<void>
  /** Compares the content with what was acknowledged. */
  finish(): Promise<void>
  readonly found: Parameters<typeof sumOf>[0][number]
}

const { place, dsn, seed, operations } = JSON.parse(process.argv[2] ?? '') as WorkerConfig
const folder = await mkdtemp(join(tmpdir(), 'harborage-stale-'))
try {
  await using stores = await openStores(place, { dsn, folder })
  const { state, memory, artifacts } = stores
  const callers: Caller[] = Array.from({ length: 16 }, (_, number) => {
    const random = new Random(seed * 1_000 + number)
    const name = `${place} ${seed} ${number}`
    if (state === undefined || memory === undefined || number % 8 === 7) {
      return new ArtifactCaller(artifacts, name, random)
    }
    return number % 4 === 3
      ? new TurnCaller(memory, name, random)
      : new SlotCaller(state, name, random)
  })
  let done = 0
  let isNoticed = false
  const keepStepping = async (caller: Caller): Promise<void> => {
    while (done < operations && !isNoticed) {
      const before = caller.found.rounds
      await caller.step()
      done += caller.found.rounds - before
      isNoticed ||= isBroken && complaints(caller.found).length > 0
    }
    await caller.finish()
  }
  await Promise.all(callers.map(keepStepping))
  process.stdout.write(`${JSON.stringify(sumOf(callers.map(({ found }) => found)))}\n`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
