import { HarborageError } from '../harborage-error.ts'
import type { PruneOptions } from '../pruning.ts'
import { checkSubtree, type Subtree, type SubtreeLevel } from '../subtree.ts'
import { captureDate, checkSignal, describeType, type KnownNames } from './argument-checks.ts'
import type { CheckedCall } from './call-gate.ts'
import { checkOnProgress } from './progress.ts'

/** The largest number of records of an owner that a `prune` keeps as its newest. */
export const MAX_KEPT_RECORDS = 10_000

/** The option names of `PruneOptions`. */
export const pruneOptionNames = [
  'signal',
  'olderThan',
  'keepLatest',
  'dryRun',
  'after',
  'onProgress',
] as const

/** The checked arguments of a `prune`. */
export interface CheckedPrune<Place, Level extends SubtreeLevel = SubtreeLevel>
  extends CheckedCall, CheckedPruneRules {
  readonly subtree: Subtree<Level>
  readonly dryRun: boolean
  readonly after: Place | undefined
  readonly onProgress: PruneOptions<Place>['onProgress']
}

/** The checked rules of a `prune`. */
export interface CheckedPruneRules {
  /** In milliseconds since 1970. */
  readonly olderThan: number | undefined
  readonly keepLatest: number | undefined
}

/** How the arguments of a `prune` are checked. */
export interface PruneChecks<Place, Level extends SubtreeLevel> {
  /** The names of all options. */
  readonly names: KnownNames
  /** Checks a place, and returns a copy of it. */
  readonly checkPlace: (place: Place) => Place
  /** The levels of subtrees that the store knows. Default: all. */
  readonly levels?: readonly Level[]
}

/**
 * Checks the arguments of a `prune`.
 *
 * @throws `subtree_required`, `identity_required` and `invalid_identity` as `checkSubtree`;
 * `invalid_record` if an option is malformed or unknown; what `checkPlace` throws.
 */
export function checkPrune<Place, Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  options: PruneOptions<Place> | undefined,
  { names, checkPlace, levels }: PruneChecks<Place, Level>,
): CheckedPrune<Place, Level> {
  const checked = checkSubtree(subtree, levels)
  const signal = checkSignal(options, names)
  const { olderThan, keepLatest, dryRun, after, onProgress } = options ?? {}
  return {
    subtree: checked,
    signal,
    olderThan: olderThan === undefined ? undefined : checkDate(olderThan),
    keepLatest: keepLatest === undefined ? undefined : checkKept(keepLatest),
    dryRun: checkFlag('dryRun', dryRun, false),
    after: after === undefined ? undefined : checkPlace(after),
    onProgress: checkOnProgress(onProgress),
  }
}

/**
 * Checks the option `name` of a call, which has to be a boolean if it is given.
 *
 * @param byDefault What it is otherwise.
 */
export function checkFlag(name: string, given: unknown, byDefault: boolean): boolean {
  if (given === undefined) return byDefault
  if (typeof given === 'boolean') return given
  throw malformed(name, given, 'pass true or false')
}

function checkDate(olderThan: unknown): number {
  const date = captureDate(olderThan)
  if (date !== undefined) return date.getTime()
  throw malformed('olderThan', olderThan, 'pass a valid Date')
}

function checkKept(count: unknown): number {
  if (typeof count === 'number' && Number.isInteger(count)) {
    if (count >= 1 && count <= MAX_KEPT_RECORDS) return count
  }
  throw malformed('keepLatest', count, `pass a whole number, 1 to ${MAX_KEPT_RECORDS}`)
}

function malformed(name: string, given: unknown, advice: string): HarborageError {
  const what = typeof given === 'number' ? 'a number beyond its bounds' : describeType(given)
  return new HarborageError('invalid_record', `options.${name} is ${what}: ${advice}`)
}
