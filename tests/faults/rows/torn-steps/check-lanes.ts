import { isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import type { Figures } from '../../harness/fault-row.ts'
import { complaints, figures, sumOf } from '../../harness/figures.ts'
import type { Place } from './places.ts'
import { lookAt, makeStep, openStepStores, type LanePicture } from './step-lane.ts'

/**
 * Resolves to what a fresh reader finds wrong with lanes after their writer has ended. If nothing,
 * the last step of each lane and the one that was in flight are made again as a retry would: then
 * each is applied once.
 *
 * @param acknowledged How many steps of each lane were acknowledged.
 */
export async function checkLanes(
  place: Place,
  lanes: readonly string[],
  acknowledged: readonly number[],
): Promise<Figures> {
  try {
    await using stores = await openStepStores(place.dsn)
    const judgeAll = async (counts: readonly number[]): Promise<Figures> => {
      const all: Figures[] = []
      for (const [index, lane] of lanes.entries()) {
        const tickets = await place.ticketsOf(lane)
        all.push(judge(await lookAt(stores, lane), tickets, counts[index] ?? 0))
      }
      return sumOf(all)
    }
    const first = await judgeAll(acknowledged)
    if (complaints(first).length > 0) return first
    for (const [index, lane] of lanes.entries()) {
      const last = acknowledged[index] ?? 0
      for (const step of [last, last + 1]) if (step > 0) await makeStep(stores, lane, step)
    }
    const again = await judgeAll(acknowledged.map((count) => count + 1))
    return { ...again, acknowledged: first.acknowledged }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({ violations: [`reading or repeating fails: ${error.code}: ${error.message}`] })
  }
}

/** What the writer tells of a step, as JSON in a line. */
export interface Acknowledgement {
  readonly lane: string
  readonly step: number
}

/** Returns how many steps of each lane were acknowledged. */
export function acknowledgedOf(
  lines: readonly string[],
  lanes: readonly string[],
): readonly number[] {
  const told = lines.map((line) => (JSON.parse(line) as Acknowledgement).lane)
  return lanes.map((lane) => told.filter((each) => each === lane).length)
}

/** Returns what is wrong with a lane after `acknowledged` steps. One more may have been applied. */
function judge(
  { slots, turns, outputs, entries }: LanePicture,
  tickets: readonly number[],
  acknowledged: number,
): Figures {
  const [left = 0] = slots
  const all = Array.from({ length: left }, (_, index) => index + 1)
  const lists = [turns, outputs, entries, tickets]
  const isDoubled = lists.some((list) => new Set(list).size < list.length)
  const isWhole =
    slots.every((slot) => slot === left) && lists.every((list) => isDeepStrictEqual(list, all))
  return figures({
    acknowledged,
    lost: Math.max(0, acknowledged - left),
    duplicated: isDoubled ? 1 : 0,
    torn: !isDoubled && !isWhole ? 1 : 0,
    violations: left > acknowledged + 1 ? ['a step was applied that was not made'] : [],
  })
}
