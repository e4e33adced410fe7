import { HarborageError } from '../../harborage-error.ts'
import type { CheckedStep, PartResult } from './step-side.ts'

/**
 * Rejects a step without an id if one of its parts was superseded and another would write: it is a
 * late retry that would apply in part.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `condition_failed`, or `outcome_unknown` if `mayBeApplied`.
 */
export function refuseStale(
  { id, parts }: Pick<CheckedStep, 'id' | 'parts'>,
  results: readonly (PartResult<unknown> | undefined)[],
  mayBeApplied: boolean,
): void {
  if (id !== undefined) return
  const stale = results.findIndex((each) => each?.effect === 'superseded')
  if (stale === -1 || results.every((each) => each?.effect !== 'writes')) return
  const { name } = parts[stale] ?? {}
  throw new HarborageError(
    mayBeApplied ? 'outcome_unknown' : 'condition_failed',
    'this part was applied and replaced since, and others of the step would be written now: load what is there and decide again, and give steps a stepId to have retries recognized',
    name === undefined ? {} : { part: name },
  )
}
