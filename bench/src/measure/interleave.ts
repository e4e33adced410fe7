import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Contender } from './benchmark.ts'

/** A slice of at least this duration is long enough to be the only one of its round. */
const LONG_SLICE_MS = 1_000

export interface Pace {
  readonly rounds: number
  /** The number of slices that a contender gets in one round, unless a slice takes very long. */
  readonly slices: number
  /** The approximate duration of a slice. */
  readonly sliceMs: number
  /** The number of operations of every slice, if it is fixed. */
  readonly operations?: number
  readonly signal: AbortSignal
  onRound(round: number): void
}

/** The measurements of a contender. */
export interface Measured {
  readonly name: string
  readonly note?: string
  /** Microseconds per operation, one value for each round. */
  readonly rounds: readonly number[]
  readonly failure?: string
}

interface Lane {
  readonly contender: Contender
  readonly rounds: number[]
  operations: number
  /** The duration of the last slice before the rounds. */
  sliceMs: number
  failure?: string
}

/**
 * Runs the contenders in short slices, alternately and in another order each round, so that other
 * load of the machine affects all of them. A contender that fails is removed; the others continue.
 */
export async function interleave(
  contenders: readonly Contender[],
  pace: Pace,
): Promise<readonly Measured[]> {
  const lanes = contenders.map((contender): Lane => ({
    contender,
    rounds: [],
    operations: pace.operations ?? contender.leastOperations ?? 1,
    sliceMs: 0,
  }))
  for (const lane of lanes) await attempt(lane, () => warmUp(lane, pace))
  const isLong = lanes.some(({ sliceMs }) => sliceMs >= LONG_SLICE_MS)
  const slices = isLong ? 1 : pace.slices
  for (let round = 0; round < pace.rounds; round += 1) {
    const elapsedMs = new Map<Lane, number>()
    for (const lane of orderOf(lanes, round, slices)) {
      pace.signal.throwIfAborted()
      await attempt(lane, async () => {
        const before = elapsedMs.get(lane) ?? 0
        elapsedMs.set(lane, before + (await slice(lane.contender, lane.operations)))
      })
    }
    for (const [lane, elapsed] of elapsedMs) {
      if (lane.failure !== undefined) continue
      lane.rounds.push((elapsed * 1000) / (lane.operations * slices))
    }
    pace.onRound(round + 1)
  }
  for (const lane of lanes) await attempt(lane, () => lane.contender.verify())
  return lanes.map(measuredOf)
}

async function attempt(lane: Lane, work: () => Promise<void>): Promise<void> {
  if (lane.failure !== undefined) return
  try {
    await work()
  } catch (error) {
    lane.failure = error instanceof Error ? error.message : String(error)
  }
}

/** Runs slices, and determines the number of operations that fill one unless it is fixed. */
async function warmUp(lane: Lane, { operations, sliceMs, signal }: Pace): Promise<void> {
  const { contender } = lane
  const most = contender.mostOperations ?? Number.POSITIVE_INFINITY
  const least = contender.leastOperations ?? 1
  for (let next = lane.operations; ; next *= 2) {
    signal.throwIfAborted()
    lane.operations = operations ?? Math.min(next, most)
    lane.sliceMs = await slice(contender, lane.operations)
    if (operations !== undefined || next >= most) return
    if (lane.sliceMs < sliceMs / 2) continue
    const fitting = Math.round((next * sliceMs) / lane.sliceMs)
    lane.operations = Math.max(least, Math.min(most, fitting))
    return
  }
}

async function slice(contender: Contender, operations: number): Promise<number> {
  await contender.prepare?.(operations)
  // Garbage of the previous contender would be collected during the next asynchronous one.
  await nextTurn()
  const started = performance.now()
  await contender.run(operations)
  return performance.now() - started
}

/** Returns the contenders in the order of their slices: each second time reversed. */
function orderOf(lanes: readonly Lane[], round: number, slices: number): readonly Lane[] {
  const first = round % Math.max(lanes.length, 1)
  const there = [...lanes.slice(first), ...lanes.slice(0, first)]
  const back = there.toReversed()
  return Array.from({ length: slices }, (_, turn) => (turn % 2 === 0 ? there : back)).flat()
}

function measuredOf({ contender: { name, note }, rounds, failure }: Lane): Measured {
  return {
    name,
    ...(note === undefined ? {} : { note }),
    rounds,
    ...(failure === undefined ? {} : { failure }),
  }
}
