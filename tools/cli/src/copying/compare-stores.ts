import type { CommandRun } from '../command.ts'
import { Progress } from '../output/progress.ts'
import type { StoreName } from '../profile/profile.ts'
import { canonicalText } from './canonical-text.ts'
import type { DumpingStore } from './dumping-store.ts'
import { walkRecords } from './walk-records.ts'

/** How a record of two places differs. */
export type Difference = 'missing' | 'extra' | 'different'

/** What a comparison of a store found. */
export interface Comparison {
  readonly store: StoreName
  /** How many records were compared. */
  readonly records: number
  readonly differences: number
}

/**
 * Compares all records of a store in two places. Both are walked once, in the same order.
 *
 * @param found Called with each difference: the record is missing in the second place, is there
 * only, or is another one.
 */
export async function compareStores<Dumped extends object, Place extends object>(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  from: DumpingStore<Dumped, Place>,
  to: DumpingStore<Dumped, Place>,
  found: (difference: Difference, place: Place) => Promise<void>,
): Promise<Comparison> {
  const { store, placeOf, compare } = from
  const progress = new Progress(streams.stderr, `comparing ${store}`)
  const [lefts, rights] = [walkRecords(from), walkRecords(to)]
  let left = await lefts.next()
  let right = await rights.next()
  let records = 0
  let differences = 0
  const report = async (difference: Difference, record: Dumped): Promise<void> => {
    differences += 1
    await found(difference, placeOf(record))
  }
  try {
    while (left.value !== undefined || right.value !== undefined) {
      signal.throwIfAborted()
      records += 1
      progress.show(records)
      const order = orderOf(left.value, right.value, (one, other) =>
        compare(placeOf(one), placeOf(other)),
      )
      if (order < 0 && left.value !== undefined) await report('missing', left.value)
      if (order > 0 && right.value !== undefined) await report('extra', right.value)
      if (order === 0 && left.value !== undefined && right.value !== undefined) {
        const isSame = canonicalText(left.value) === canonicalText(right.value)
        if (!isSame) await report('different', left.value)
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

/** Compares two records. What there is no more of comes last. */
function orderOf<Dumped>(
  left: Dumped | undefined,
  right: Dumped | undefined,
  compare: (left: Dumped, right: Dumped) => number,
): number {
  if (left === undefined) return 1
  return right === undefined ? -1 : Math.sign(compare(left, right))
}
