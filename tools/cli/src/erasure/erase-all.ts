import { isHarborageError } from '@harborage/core'
import type { CommandRun } from '../command.ts'
import type { UsageRow } from '../places/read-usage.ts'
import { eraseStores, type ErasedStore } from './erase-stores.ts'
import type { Erasure, UnreachedPlace } from './erasure.ts'

/** What became of an erasure. */
export interface Erased {
  readonly stores: readonly ErasedStore[]
  /** The places that were not reached, or lost on the way. */
  readonly unreached: readonly UnreachedPlace[]
  /** Whether nothing is left in any place. */
  readonly isComplete: boolean
  /** How many records are left, in the places that could be counted. */
  readonly records: number
  /** What ended it early, such as a `Stopped`. `undefined` if every place was tried. */
  readonly failure: { readonly error: unknown } | undefined
}

/** Erases the stores of all places, and counts what is there again. It never rejects. */
export async function eraseAll(run: CommandRun, erasure: Erasure): Promise<Erased> {
  const lost = new Map(erasure.unreached.map(({ label, code }) => [label, code]))
  const stores: ErasedStore[] = []
  const failures: { readonly error: unknown }[] = []
  /** Does something with a place: a failure of its store loses it, any other one ends all. */
  const attempt = async (label: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!isHarborageError(error)) {
        failures.push({ error })
        return
      }
      const { code, message } = error
      lost.set(label, code)
      run.out.error(label, { code, message })
    }
  }
  for (const place of erasure.places) {
    if (failures.length > 0) break
    await attempt(place.label, async () => {
      for await (const store of eraseStores(run, place, erasure)) stores.push(store)
    })
  }
  // At the end, so that a writer of another store than the last one is seen too.
  const rows = new Map<string, readonly UsageRow[]>()
  for (const { label, count } of erasure.places.filter((place) => !lost.has(place.label))) {
    await attempt(label, async () => void rows.set(label, await count()))
  }
  const counted = stores.map((each) => withRemaining(each, rows.get(each.place)))
  return {
    stores: counted,
    unreached: Array.from(lost, ([label, code]) => ({ label, code })),
    isComplete:
      failures.length === 0 && lost.size === 0 && counted.every(({ remaining }) => remaining === 0),
    records: [...rows.values()].flat().reduce((sum, { records }) => sum + records, 0),
    failure: failures[0],
  }
}

/** Returns a store with what is there again, by the last count of its place. */
function withRemaining(each: ErasedStore, rows: readonly UsageRow[] | undefined): ErasedStore {
  if (rows === undefined) return each
  const there = rows.find(({ store }) => store === each.store)?.records ?? 0
  return { ...each, remaining: Math.max(each.remaining ?? 0, there) }
}
