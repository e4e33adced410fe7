import { setTimeout as delay } from 'node:timers/promises'
import { isFull } from './fs-errors.ts'

/** How long to wait between two attempts, in milliseconds; the last one repeats. */
const PAUSES_MS = [5, 10, 20, 50] as const

/**
 * Does work that is safe to repeat again and again while the disk is full, for so many
 * milliseconds.
 */
export async function waitForRoom<Result>(
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isFull(error) || performance.now() >= deadline) throw error
    }
    await delay(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)])
  }
}
