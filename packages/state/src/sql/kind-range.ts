import type { ListOrder } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import { prefixUpperBound, type OwnerColumns } from '@harborage/core/sql'
import type { KindRange } from '../state-driver.ts'

/** A range of kinds as the parameters of a statement. */
export interface KindColumns {
  /** The first kind of the range. */
  readonly from_kind: string
  /** The first kind beyond the range. */
  readonly end_kind: string
  /** A kind that is left out, or `''` for none, since no kind is empty. */
  readonly after_kind: string
}

/** The parameters of a range of kinds of a run. */
export interface RangeParameters extends OwnerColumns, KindColumns {}

/** Returns a range as the parameters of a statement. */
export function kindColumns({ kindPrefix, from, to }: Omit<KindRange, 'identity'>): KindColumns {
  const end = prefixUpperBound(kindPrefix)
  return {
    from_kind: from !== undefined && compareNames(from, kindPrefix) > 0 ? from : kindPrefix,
    end_kind: to !== undefined && compareNames(to, end) < 0 ? to : end,
    after_kind: '',
  }
}

/** Returns what is left of a range after a kind, in the given order. */
export function kindColumnsAfter(
  range: KindColumns,
  order: ListOrder,
  after: string | undefined,
): KindColumns {
  if (after === undefined) return range
  return order === 'ascending'
    ? { ...range, from_kind: after, after_kind: after }
    : { ...range, end_kind: after }
}
