import { HarborageError } from '../../harborage-error.ts'

/** How long the id of a step is kept, at least: 7 days, in milliseconds. */
export const KEPT_MS: number = 7 * 24 * 60 * 60 * 1000

/** Returns the error for a step whose id is that of another step. */
export function otherContent(): HarborageError {
  return new HarborageError(
    'idempotency_conflict',
    'a step of this tenant with this stepId had other content: repeat it with the same event ids, or give another step an id of its own',
  )
}
