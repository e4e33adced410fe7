import { setTimeout as delay } from 'node:timers/promises'

const TIMER_MS = 1

/**
 * How long a timer of 1 ms had to wait for the event loop, each time, while the work went on; in milliseconds. The
 * histogram of perf_hooks takes its first measure only when its timer has fired once, and so misses a loop that never
 * turns.
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
    // The wait that is going on counts, too.
    await delay(5 * TIMER_MS)
  } finally {
    clearInterval(timer)
  }
  return waits
}
