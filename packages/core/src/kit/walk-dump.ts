import type { DumpOptions } from '../dump.ts'
import type { RunIdentity } from '../identity.ts'
import { checkMaintenanceScope, type MaintenanceScope } from '../maintenance-scope.ts'
import { checkPageSize } from '../call-options.ts'
import { checkSubtree, type Subtree } from '../subtree.ts'
import { checkSignal, KnownNames } from './argument-checks.ts'
import type { CallGate, CheckedWalk } from './call-gate.ts'
import { compareOwners, isWithin } from './directory.ts'

const names = new KnownNames('options', ['signal', 'pageSize', 'within', 'after'])

/** The dump of one store. */
export interface DumpWalk<Dumped extends NonNullable<unknown>, Place> {
  /**
   * Checks the place of the option `after`, and returns a copy of it.
   *
   * @throws `invalid_record`, `invalid_identity` or `identity_required`.
   */
  readonly checkPlace: (after: Place) => Place
  /** Returns a place before every record of an owner, and of the owners within it. */
  readonly beforeAllOf: (owner: Required<RunIdentity>) => Place
  readonly ownerOf: (place: Place) => RunIdentity
  /** Returns the place of a record. It must not depend on anything that the caller can change. */
  readonly placeOf: (record: Dumped) => Place
  /** Returns the bytes of a record, by the same rule as `fetchPage`. */
  readonly bytesOf: (record: Dumped) => number
  /**
   * Fetches the next records in the order of owners. See `PageWalk`. Records that are not inside
   * are left out afterwards.
   *
   * @param isInside Returns whether a place is in the dumped subtree. After one that is not inside,
   * no other is.
   */
  readonly fetchPage: (
    after: Place | undefined,
    limit: number,
    isInside: (place: Place) => boolean,
  ) => Promise<readonly Dumped[]>
  /** Returns what the caller gets for a record. Default: the record itself. */
  readonly handOut?: (record: Dumped) => Dumped
}

interface CheckedDump<Place> extends CheckedWalk {
  readonly within: Subtree | undefined
  readonly after: Place | undefined
}

/**
 * Returns an async iterable over all records of a store, in the order of `compareOwners`, or over
 * those of a subtree.
 *
 * @throws `maintenance_scope_required`; the errors of `checkSubtree`, of `checkPlace` and of page
 * options.
 */
export function walkDump<Dumped extends NonNullable<unknown>, Place>(
  gate: CallGate,
  scope: MaintenanceScope,
  options: DumpOptions<Place> | undefined,
  { checkPlace, beforeAllOf, ownerOf, fetchPage, ...walk }: DumpWalk<Dumped, Place>,
): AsyncIterable<Dumped> {
  const begin = (within: Subtree | undefined, after: Place | undefined): Place | undefined => {
    if (within === undefined) return after
    const first = beforeAllOf(ownerIn(within))
    const isInside = after !== undefined && compareOwners(ownerOf(after), ownerIn(within)) >= 0
    return isInside ? after : first
  }
  return gate.walk(
    'dump',
    (): CheckedDump<Place> => {
      checkMaintenanceScope(scope)
      const signal = checkSignal(options, names)
      const within = options?.within
      const after = options?.after
      return {
        signal,
        limit: checkPageSize(options),
        within: within === undefined ? undefined : checkSubtree(within),
        after: after === undefined ? undefined : checkPlace(after),
      }
    },
    async ({ within, after: start }, last: Place | undefined, limit) => {
      const isInside = (place: Place): boolean =>
        within === undefined || isWithin(ownerOf(place), within)
      const page = await fetchPage(last ?? begin(within, start), limit, isInside)
      return page.filter((record) => isInside(walk.placeOf(record)))
    },
    walk,
  )
}

/** Returns the owner whose records a subtree begins with. */
function ownerIn({ tenantId, userId, sessionId, runId }: Subtree): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId }
}
