import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Contender } from './benchmark.ts'

export interface Pace {
  readonly rounds: number
  /** The number of slices that a contender gets in one round. */
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
  failure?: string
}

/**
/**
 * Runs the contenders in short slices, alternately and in another order each round, so that other
 * load of the machine affects all of them. A contender that fails is removed; the others continue.
 */
export async function interleave(
  contenders: readonly Contender[],
  pace: Pace,
): Promise<readonly Measured[]> {
  const lanes = contenders.map((contender): Lane => ({ contender, rounds: [], operations: 1 }))
  for (const lane of lanes) {
    await attempt(lane, async () => {
      lane.operations = pace.operations ?? (await fitting(lane.contender, pace))
      if (pace.operations !== undefined) await slice(lane.contender, pace.operations)
    })
  }
  for (let round = 0; round < pace.rounds; round += 1) {
    const elapsedMs = new Map<Lane, number>()
    for (const lane of orderOf(lanes, round, pace.slices)) {
      pace.signal.throwIfAborted()
      await attempt(lane, async () => {
        const before = elapsedMs.get(lane) ?? 0
        elapsedMs.set(lane, before + (await slice(lane.contender, lane.operations)))
      })
    }
    for (const [lane, elapsed] of elapsedMs) {
      if (lane.failure !== undefined) continue
      lane.rounds.push((elapsed * 1000) / (lane.operations * pace.slices))
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

/** Determines the number of operations that fill a slice, and warms up the contender. */
async function fitting(contender: Contender, { sliceMs, signal }: Pace): Promise<number> {
  const most = contender.mostOperations ?? Number.POSITIVE_INFINITY
  const least = contender.leastOperations ?? 1
  for (let operations = least; ; operations *= 2) {
    signal.throwIfAborted()
    const elapsedMs = await slice(contender, Math.min(operations, most))
    if (operations >= most) return most
    if (elapsedMs < sliceMs / 2) continue
    return Math.max(least, Math.min(most, Math.round((operations * sliceMs) / elapsedMs)))
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
