import type { Options } from '../arguments/options.ts'
import { wrongUsage } from '../command-failure.ts'

/** What a prune removes. */
export interface Rules {
  readonly olderThan?: Date
  readonly keepLatest?: number
  /**
   * What the names of slots and streams begin with, the namespace of artifacts and the collection
   * of passages. `undefined` for all of them, and conversations.
   */
  readonly kind?: string
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/** The largest `--keep-latest`. */
const MAX_KEPT = 10_000

/**
 * Returns the rules of the options.
 *
 * @throws CommandFailure if they name nothing to remove, or one is malformed.
 */
export function rulesOf(options: Options): Rules {
  const age = options.text('older-than')
  const keepLatest = options.count('keep-latest')
  const kind = options.text('kind')
  if (age === undefined && keepLatest === undefined && !options.flag('expired')) {
    throw wrongUsage(
      'it is not said what to remove: pass --older-than, --keep-latest or --expired. See --help',
    )
  }
  checkKinds(kind, options.flag('all-kinds'), age !== undefined || keepLatest !== undefined)
  if (keepLatest !== undefined && (keepLatest < 1 || keepLatest > MAX_KEPT)) {
    throw wrongUsage(`--keep-latest is beyond its bounds: write a number from 1 to ${MAX_KEPT}`)
  }
  return {
    ...(age !== undefined && { olderThan: new Date(Date.now() - millisecondsOf(age)) }),
    ...(keepLatest !== undefined && { keepLatest }),
    ...(kind !== undefined && { kind }),
  }
}

/** Checks that kinds are named: what an adapter keeps may depend on older data. */
function checkKinds(kind: string | undefined, isOfAll: boolean, isByRule: boolean): void {
  if (kind === '') throw wrongUsage('--kind is empty: write a name, or --all-kinds')
  if (kind !== undefined && isOfAll) {
    throw wrongUsage('--kind and --all-kinds contradict each other: leave one out')
  }
  if (!isByRule || kind !== undefined || isOfAll) return
  throw wrongUsage(
    'it is not said of which kinds: pass --kind, or --all-kinds if no adapter keeps anything here. See --help',
  )
}

function millisecondsOf(age: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(age) ?? []
  const milliseconds = Number(count) * (UNIT_MS[unit] ?? Number.NaN)
  // An age of 0 would be everything, up to now.
  if (milliseconds > 0) return milliseconds
  throw wrongUsage(
    '--older-than is no age: write a number above 0 with s, m, h, d or w, such as 30d',
  )
}
