import type { CommandRun } from '../command.ts'
import { Progress } from '../output/progress.ts'
import type { DumpName } from '../profile/profile.ts'
import type { DumpingStore, Found } from './dumping-store.ts'
import { isSameRecord } from './is-same-record.ts'
import { findRecords } from './walk-records.ts'

/** How a record of two places differs. */
export type Difference = 'missing' | 'extra' | 'different' | 'damaged'

/** What a comparison of a store found. */
export interface Comparison {
  readonly store: DumpName
  /** How many records were compared. */
  readonly records: number
  readonly differences: number
}

/** What a comparison says on its way. */
export interface ComparisonListener<Place> {
  /** Called with each difference. */
  readonly found: (difference: Difference, place: Place) => Promise<void>
  /** The number of records, if it is known. */
  readonly total?: number | undefined
  /** Whether the first difference is enough: the comparison ends there. Default: `false`. */
  readonly isOneEnough?: boolean
}

/**
 * Compares all records of a store in two places. Both are walked once, in the same order. A record
 * is missing in the second place, is there only, is another one, or damaged in either place.
 */
export async function compareStores<Dumped extends object, Place extends object>(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  from: DumpingStore<Dumped, Place>,
  to: DumpingStore<Dumped, Place>,
  { found, total, isOneEnough = false }: ComparisonListener<Place>,
): Promise<Comparison> {
  const { store, compare } = from
  const progress = new Progress(streams.stderr, `comparing ${store}`, total)
  const [lefts, rights] = [findRecords(from), findRecords(to)]
  let left = await lefts.next()
  let right = await rights.next()
  let records = 0
  let differences = 0
  try {
    while (left.value !== undefined || right.value !== undefined) {
      signal.throwIfAborted()
      records += 1
      progress.show(records)
      const order = orderOf(left.value, right.value, compare)
      const difference = differenceOf(
        order <= 0 ? left.value : undefined,
        order >= 0 ? right.value : undefined,
      )
      const place = (order <= 0 ? left.value : right.value)?.place
      if (difference !== undefined && place !== undefined) {
        differences += 1
        await found(difference, place)
        if (isOneEnough) break
      }
      if (order <= 0) left = await lefts.next()
      if (order >= 0) right = await rights.next()
    }
  } finally {
    progress.end()
    await lefts.return(undefined)
    await rights.return(undefined)
  }
  return { store, records, differences }
}

/** Returns how what was found at one place of both sides differs. */
function differenceOf<Dumped extends object, Place>(
  left: Found<Dumped, Place> | undefined,
  right: Found<Dumped, Place> | undefined,
): Difference | undefined {
  const isDamaged = [left, right].some((side) => side !== undefined && side.record === undefined)
  if (isDamaged) return 'damaged'
  if (left?.record === undefined) return 'extra'
  if (right?.record === undefined) return 'missing'
  return isSameRecord(left.record, right.record) ? undefined : 'different'
}

/** Compares two places. What there is no more of comes last. */
function orderOf<Place>(
  left: { readonly place: Place } | undefined,
  right: { readonly place: Place } | undefined,
  compare: (left: Place, right: Place) => number,
): number {
  if (left === undefined) return 1
  return right === undefined ? -1 : Math.sign(compare(left.place, right.place))
}
