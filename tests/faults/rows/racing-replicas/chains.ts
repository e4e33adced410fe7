import type { EventId } from '@harborage/core'

import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import type { Link } from './worker.ts'

/** What a slot holds in the end, and how many writes it counts. */
export type Head = readonly [slot: string, eventId: EventId, count: number]

/** Sees whether the writes of every slot that were acknowledged are one chain from the empty slot to its head. */
export function checkChains(links: readonly Link[], heads: readonly Head[]): Figures {
  const bySlot = Map.groupBy(links, ([slot]) => slot)
  let lost = 0
  let duplicated = 0
  const violations: string[] = []
  for (const [slot, head, count] of heads) {
    const own = bySlot.get(slot) ?? []
    const next = new Map(own.map(([, replaced, by]) => [replaced, by]))
    // Two that replaced the same were both told that they had won.
    duplicated += own.length - next.size
    let at: EventId | null = null
    for (let by = next.get(at); by !== undefined; by = next.get(at)) {
      next.delete(at)
      at = by
    }
    lost += next.size
    if (at !== head) violations.push(`${slot}: the chain does not end at what the slot holds`)
    if (count !== own.length) {
      violations.push(`${slot}: counts ${count} writes, of which ${own.length} were acknowledged`)
    }
    bySlot.delete(slot)
  }
  // What was acknowledged in a slot that is empty now.
  for (const own of bySlot.values()) lost += own.length
  return figures({ lost, duplicated, violations: violations.slice(0, 10) })
}
