import {
  checkLimit,
  checkOrder,
  checkPageSize,
  checkRequiredName,
  checkSignal,
  KnownNames,
  listOptionNames,
  MAX_KIND_BYTES,
  type CheckedCall,
  type CheckedWalk,
} from '@harborage/core/kit'
import type { CountOptions, KindBounds, StateListOptions } from '../list-options.ts'
import type { KindRange, ListKeysPage } from '../state-driver.ts'
import { checkAnyPrefix } from './check-record.ts'

const boundNames = ['from', 'to'] as const
/** The option names of `StateListOptions`. */
export const listNames: KnownNames = new KnownNames('options', [...listOptionNames, ...boundNames])
const countNames = new KnownNames('options', ['signal', ...boundNames])

/** The largest page of a list of small records: a few milliseconds of work on SQLite. */
const GROWN_PAGE_SIZE = 500

/** The checked range of a list. */
type CheckedRange = Omit<KindRange, 'identity'>

/** The checked arguments of a list besides its identity. */
export interface CheckedList extends CheckedWalk {
  readonly range: CheckedRange & Pick<ListKeysPage, 'order'>
}

/** The checked arguments of a count besides its identity. */
export interface CheckedCount extends CheckedCall {
  readonly range: CheckedRange
}

/** Checks the prefix and the options of a list. */
export function checkList(prefix: unknown, options: StateListOptions | undefined): CheckedList {
  const kindPrefix = checkAnyPrefix(prefix)
  return {
    signal: checkSignal(options, listNames),
    limit: checkPageSize(options),
    growsTo: options?.pageSize === undefined ? GROWN_PAGE_SIZE : undefined,
    total: checkLimit(options),
    range: { kindPrefix, order: checkOrder(options), ...checkBounds(options) },
  }
}

/** Checks the prefix and the options of a count. */
export function checkCount(prefix: unknown, options: CountOptions | undefined): CheckedCount {
  const kindPrefix = checkAnyPrefix(prefix)
  return {
    signal: checkSignal(options, countNames),
    range: { kindPrefix, ...checkBounds(options) },
  }
}

function checkBounds(options: KindBounds | undefined): Pick<KindRange, 'from' | 'to'> {
  return {
    from: checkBound('options.from', options?.from),
    to: checkBound('options.to', options?.to),
  }
}

function checkBound(field: string, bound: unknown): string | undefined {
  if (bound === undefined) return undefined
  return checkRequiredName(field, bound, 'invalid_record', MAX_KIND_BYTES)
}
