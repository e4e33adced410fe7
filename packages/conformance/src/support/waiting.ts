import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { nextTurn } from './event-loop.ts'

/** Far longer than any driver takes: a wait that exceeds it never ends. */
const WAIT_LIMIT_MS = 120_000

/** How often a wait looks again in the next turn of the event loop. */
const QUICK_LOOKS = 100
/** How long it rests before each later look, so that what never comes does not fill a processor. */
const REST_MS = 5

/** Resolves once the condition holds. Rejects after the limit, naming `what` it waited for. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs: number = WAIT_LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs
  for (let looks = 1; !(await holds()); looks += 1) {
    assert.ok(performance.now() < end, `timed out waiting for ${what}`)
    if (looks < QUICK_LOOKS) await nextTurn()
    else await sleep(REST_MS)
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
