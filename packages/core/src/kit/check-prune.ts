import { HarborageError } from '../harborage-error.ts'
import type { RunIdentity } from '../identity.ts'
import type { PruneOptions } from '../pruning.ts'
import { checkSubtree, type Subtree, type SubtreeLevel } from '../subtree.ts'
import { captureDate, checkSignal, describeType, type KnownNames } from './argument-checks.ts'
import type { CheckedCall } from './call-gate.ts'
import { isWithin } from './directory.ts'
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
  /** Returns the owner of a place. */
  readonly ownerOf: (place: Place) => Required<RunIdentity>
  /** The levels of subtrees that the store knows. Default: all. */
  readonly levels?: readonly Level[]
}

/**
 * Checks the arguments of a `prune`.
 *
 * @throws `subtree_required`, `identity_required` and `invalid_identity` as `checkSubtree`;
 * `invalid_record` if an option is malformed or unknown, or `after` is not in the subtree; what
 * `checkPlace` throws.
 */
export function checkPrune<Place, Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  options: PruneOptions<Place> | undefined,
  { names, checkPlace, ownerOf, levels }: PruneChecks<Place, Level>,
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
    after: after === undefined ? undefined : checkWithin(checked, checkPlace(after), ownerOf),
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

/**
 * Checks that a `prune` by age or number says of which names: what depends on each other may be old
 * in parts only.
 *
 * @param name The name of the option with the prefix.
 * @param prefix What was given.
 * @returns The prefix; `''` if there is no such rule and none was given.
 * @throws `invalid_record` if it is missing.
 */
export function checkPrefixOfRules(
  name: string,
  { olderThan, keepLatest }: CheckedPruneRules,
  prefix: string | undefined,
): string {
  if (prefix !== undefined) return prefix
  if (olderThan === undefined && keepLatest === undefined) return ''
  throw new HarborageError(
    'invalid_record',
    `options.${name} is missing: with olderThan or keepLatest, say which names are meant, '' for all. Data of an adapter may depend on older data`,
  )
}

function checkWithin<Place, Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  place: Place,
  ownerOf: (place: Place) => Required<RunIdentity>,
): Place {
  if (isWithin(ownerOf(place), subtree)) return place
  throw new HarborageError(
    'invalid_record',
    'options.after is not in the subtree: pass the last of a progress of the same subtree',
  )
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
