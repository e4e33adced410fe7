import { HarborageError } from '../harborage-error.ts'

/** How often work starts again before it is given up. */
const MAX_ATTEMPTS = 100

/** Somebody else came in between two steps of some work: it has to be done again from the start. */
export class LostRace extends Error {}

/**
 * Does work until nobody comes in between.
 *
 * @param what What the others change, for the message.
 * @param attempt Throws {@link LostRace} if somebody came in between; it has then applied nothing.
 * @throws `store_unavailable` after 100 attempts.
 */
export async function untilUndisturbed<Result>(
  what: string,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let count = 1; count <= MAX_ATTEMPTS; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof LostRace)) throw error
    }
  }
  throw new HarborageError(
    'store_unavailable',
    `${what} was changed by others during each of ${MAX_ATTEMPTS} attempts: nothing was applied, call again`,
  )
}
