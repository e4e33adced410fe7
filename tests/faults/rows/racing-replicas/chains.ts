import type { EventId } from '@harborage/core'

import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import type { Link } from './worker.ts'

/** The final event id of a slot, and the number of writes that it counts. */
export type Head = readonly [slot: string, eventId: EventId, count: number]

/**
 * Checks that the acknowledged writes of every slot form one chain from the empty slot to its head.
 */
export function checkChains(links: readonly Link[], heads: readonly Head[]): Figures {
  const bySlot = Map.groupBy(links, ([slot]) => slot)
  let lost = 0
  let duplicated = 0
  const violations: string[] = []
  for (const [slot, head, count] of heads) {
    const own = bySlot.get(slot) ?? []
    const next = new Map(own.map(([, replaced, by]) => [replaced, by]))
    // Two writes that replaced the same event id were both acknowledged.
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
  // Acknowledged writes in a slot that is now empty.
  for (const own of bySlot.values()) lost += own.length
  return figures({ lost, duplicated, violations: violations.slice(0, 10) })
}
