import { setTimeout as delay } from 'node:timers/promises'
import { isHarborageError } from '@harborage/core'

/** The pause before another attempt. A store is not opened again by itself. */
const PAUSE_MS = 100

/**
 * Makes a call again while it fails with a typed error, as it does while its server is away. It is
 * applied once, since it has an id.
 *
 * @param attempts The largest number of attempts.
 */
export async function keepTrying<Result>(
  attempts: number,
  call: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isHarborageError(error) || attempt >= attempts) throw error
      await delay(PAUSE_MS)
    }
  }
}
