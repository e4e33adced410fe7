import type { Item } from '@langchain/langgraph-checkpoint'

import { candidatesByDate, type Candidate, type SearchOrder } from './candidates.ts'
import type { Search } from './check-operation.ts'
import type { ItemCall } from './item-call.ts'
import { rangeBelow } from './item-kind.ts'
import { loadItems } from './load-items.ts'
import { isBelow } from './match-namespace.ts'

/** How many items are read at a time where a filter may refuse some, at first. */
const FIRST_BATCH = 100

/** The most items that are read at a time. */
const MAX_BATCH = 500

/** The most bytes that are read at a time, unless one item has more. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024

/**
 * Resolves to a page of the items in a namespace and below it that meet the filter. Asks for all
 * candidates in their order, and reads them in that order until the page is full. An index of texts
 * or vectors would rank the candidates, and change nothing else here.
 */
export async function searchItems(
  call: ItemCall,
  { namespacePrefix, isMatch, offset, limit }: Search,
  order: SearchOrder,
): Promise<Item[]> {
  const { prefix, isExact } = rangeBelow(namespacePrefix)
  const candidates = await candidatesByDate(call, prefix, order)
  const isWanted = (item: Item | undefined): item is Item =>
    item !== undefined &&
    (isExact || isBelow(namespacePrefix, item.namespace)) &&
    (isMatch === undefined || isMatch(item.value))

  // Where every candidate counts, those before the page need not be read.
  const everyOneCounts = isExact && isMatch === undefined
  let next = everyOneCounts ? offset : 0
  let toSkip = everyOneCounts ? 0 : offset
  const page: Item[] = []
  let size = everyOneCounts ? limit : Math.max(limit + toSkip, FIRST_BATCH)
  while (page.length < limit && next < candidates.length) {
    const batch = firstOf(candidates, next, size)
    size *= 2
    next += batch.length
    const wanted = (await loadItems(call, batch)).filter(isWanted)
    page.push(...wanted.slice(toSkip, toSkip + limit - page.length))
    toSkip = Math.max(0, toSkip - wanted.length)
  }
  return page
}

/** Returns some of the candidates, but not more than may be read at a time. */
function firstOf(
  candidates: readonly Candidate[],
  from: number,
  count: number,
): readonly Candidate[] {
  const most = candidates.slice(from, from + Math.min(count, MAX_BATCH))
  let bytes = 0
  const end = most.findIndex(({ size }, index) => (bytes += size) > MAX_BATCH_BYTES && index > 0)
  return end === -1 ? most : most.slice(0, end)
}
