import { setTimeout as delay } from 'node:timers/promises'

/** The pauses between attempts, in milliseconds. The last one repeats. */
const PAUSES_MS = [5, 10, 20, 50] as const

/**
 * Runs work that is safe to repeat, and retries it while it fails with a transient error, up to a
 * time limit in milliseconds.
 */
export async function retryWhile<Result>(
  isTransient: (error: unknown) => boolean,
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || performance.now() >= deadline) throw error
    }
    await delay(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)])
  }
}
