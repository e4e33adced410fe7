// Not the global ones: with fake timers in a caller's test, no follower would ever be woken.
import { clearTimeout, setTimeout } from 'node:timers'
import type { StreamSubscription } from '../journal-driver.ts'

/** The longest time that a timer takes, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** What a watch has to know of its stream. */
interface Watched {
  /** Returns the milliseconds until the stream expires; `undefined` if it does not. */
  readonly timeLeft: () => number | undefined
  /** Wakes the followers of the stream. */
  readonly wake: () => void
}

/**
 * Returns a subscription that also wakes its follower when the stream expires, where nothing else
 * would say so.
 */
export function wakeAtExpiry(
  subscription: StreamSubscription,
  { timeLeft, wake }: Watched,
): StreamSubscription {
  let timer: NodeJS.Timeout | undefined
  return {
    async next(seen) {
      const left = timeLeft()
      if (left === undefined) return subscription.next(seen)
      timer = setTimeout(wake, Math.min(Math.max(left, 1), MAX_TIMER_MS))
      try {
        await subscription.next(seen)
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
