import { setTimeout as delay } from 'node:timers/promises'

const TIMER_MS = 1

/**
 * Measures how long a timer of 1 ms waits for the event loop while the work runs, in milliseconds.
 * The histogram of perf_hooks begins to measure only after its timer has fired once, so it misses a
 * loop that is blocked all the time.
 */
export async function loopDelays(work: () => Promise<unknown>): Promise<readonly number[]> {
  const waits: number[] = []
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    waits.push(Math.max(0, now - last - TIMER_MS))
    last = now
  }, TIMER_MS)
  try {
    await work()
    // The current wait also counts.
    await delay(5 * TIMER_MS)
  } finally {
    clearInterval(timer)
  }
  return waits
}
