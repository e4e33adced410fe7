// Not the global ones: with fake timers in a caller's test, no follower would ever be woken.
import { clearTimeout, setTimeout } from 'node:timers'
import type { StreamSubscription } from '../journal-driver.ts'

/** The longest time that a timer takes, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Returns a subscription that also wakes its follower when the stream expires, where nothing else
 * would say so.
 *
 * @param timeLeft Returns the milliseconds until then; `undefined` if the stream does not expire.
 */
export function wakeAtExpiry(
  subscription: StreamSubscription,
  timeLeft: () => number | undefined,
): StreamSubscription {
  let timer: NodeJS.Timeout | undefined
  return {
    async next(seen) {
      const left = timeLeft()
      if (left === undefined) return subscription.next(seen)
      const { promise, resolve } = Promise.withResolvers<void>()
      timer = setTimeout(resolve, Math.min(Math.max(left, 1), MAX_TIMER_MS))
      try {
        await Promise.race([promise, subscription.next(seen)])
      } finally {
        clearTimeout(timer)
      }
    },
    close() {
      clearTimeout(timer)
      subscription.close()
    },
  }
}
