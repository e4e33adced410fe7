import type { PruneResult } from '../pruning.ts'
import { abortReason, isAborted } from './abort-signal.ts'
import type { CheckedPrune, CheckedPruneRules } from './check-prune.ts'
import { turnIfHeld } from './event-loop-turn.ts'
import { report } from './progress.ts'

/** The largest number of records that are examined, and removed, in one step. */
const MAX_BATCH = 1_000

/** A record as a `prune` examines it. */
export interface Prunable {
  /** When it was changed, for the rules. */
  readonly updatedAt: Date
}

/** What a `prune` needs of a store. */
export interface PruneWalk<Item extends Prunable, Place> {
  /** Fetches up to `limit` further records. Those of an owner are together in their order. */
  examine(after: Place | undefined, limit: number): Promise<readonly Item[]>
  /** Returns those of the records to remove that may go. Default: all. */
  select?(items: readonly Item[]): Promise<readonly Item[]>
  /** Removes those records that have not changed since, in one atomic step; returns the number. */
  remove(items: readonly Item[]): Promise<number>
  /** Returns the place of a record in that order. */
  placeOf(item: Item): Place
  /** Returns what rules do not decide: whether a record goes or stays in any case. */
  verdictOf?(item: Item): 'removed' | 'kept' | undefined
  /** Returns a text that is unique to the owner of a record, among those of the subtree. */
  ownerOf(item: Item): string
  /**
   * Fetches up to `limit` further records of the owner of a record, among which the newest are
   * kept. Fewer are the last ones. Those with a verdict do not count.
   */
  ofOwner(item: Item, after: Place | undefined, limit: number): Promise<readonly Item[]>
  /** Compares two records of an owner that were changed at the same time. */
  compare(left: Item, right: Item): number
}

/**
 * Walks over the records of a subtree, and removes those that the rules name, a batch at a time.
 *
 * @throws What `onProgress` threw, once the gate of the store has passed it on.
 */
export async function prune<Item extends Prunable, Place>(
  walk: PruneWalk<Item, Place>,
  { signal, dryRun, after: begin, onProgress, ...rules }: CheckedPrune<Place>,
): Promise<PruneResult> {
  const isDoomed = judge(walk, rules)
  let after = begin
  let examined = 0
  let pruned = 0
  do {
    // The call was rejected when the signal was aborted, and the work has to end, too.
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const page = await walk.examine(after, MAX_BATCH)
    const named: Item[] = []
    for (const item of page) if (await isDoomed(item)) named.push(item)
    const doomed = named.length === 0 ? named : ((await walk.select?.(named)) ?? named)
    if (dryRun) pruned += doomed.length
    else if (doomed.length > 0) pruned += await walk.remove(doomed)
    examined += page.length
    const last = page.at(-1)
    after = last === undefined || page.length < MAX_BATCH ? undefined : walk.placeOf(last)
    await report(onProgress, { examined, pruned, last: after })
  } while (after !== undefined)
  return { examined, pruned }
}

/** Returns a function that decides whether a record goes. */
function judge<Item extends Prunable, Place>(
  walk: PruneWalk<Item, Place>,
  { olderThan, keepLatest }: CheckedPruneRules,
): (item: Item) => Promise<boolean> {
  let owner: string | undefined
  let oldestKept: Item | undefined
  return async (item) => {
    const verdict = walk.verdictOf?.(item)
    if (verdict !== undefined) return verdict === 'removed'
    if (olderThan === undefined && keepLatest === undefined) return false
    if (olderThan !== undefined && item.updatedAt.getTime() >= olderThan) return false
    if (keepLatest === undefined) return true
    if (owner !== walk.ownerOf(item)) {
      owner = walk.ownerOf(item)
      oldestKept = await oldestOfNewest(walk, item, keepLatest)
    }
    return oldestKept !== undefined && byAge(walk, item, oldestKept) > 0
  }
}

/** Resolves to the oldest of the newest records of an owner; `undefined` if it has too few. */
async function oldestOfNewest<Item extends Prunable, Place>(
  walk: PruneWalk<Item, Place>,
  item: Item,
  count: number,
): Promise<Item | undefined> {
  let newest: readonly Item[] = []
  let after: Place | undefined
  do {
    const page = await walk.ofOwner(item, after, MAX_BATCH)
    newest = [...newest, ...page.filter((each) => walk.verdictOf?.(each) === undefined)]
      .toSorted((left, right) => byAge(walk, left, right))
      .slice(0, count)
    const last = page.at(-1)
    after = last === undefined || page.length < MAX_BATCH ? undefined : walk.placeOf(last)
  } while (after !== undefined)
  return newest.length < count ? undefined : newest.at(-1)
}

/** Compares two records of an owner, the newer one first. */
function byAge<Item extends Prunable, Place>(
  walk: PruneWalk<Item, Place>,
  left: Item,
  right: Item,
): number {
  return right.updatedAt.getTime() - left.updatedAt.getTime() || walk.compare(right, left)
}
