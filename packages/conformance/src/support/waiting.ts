import assert from 'node:assert/strict'
import { nextTurn } from './event-loop.ts'

/** Far longer than any driver takes: a wait that exceeds it never ends. */
const WAIT_LIMIT_MS = 120_000

/** Resolves once the condition holds. Rejects after the limit, naming `what` it waited for. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs: number = WAIT_LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    assert.ok(performance.now() < end, `timed out waiting for ${what}`)
    await nextTurn()
  }
}

/** Settles as the promise does. Rejects after the limit, naming `what` it waited for. */
export async function withTimeout<Result>(
  what: string,
  promise: Promise<Result>,
  limitMs: number = WAIT_LIMIT_MS,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const fail = (): void =>
    reject(new assert.AssertionError({ message: `timed out waiting for ${what}` }))
  const timer = setTimeout(fail, limitMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
