import assert from 'node:assert/strict'
import { nextTurn } from './next-turn.ts'

/** Far above what any driver takes: what has not come by then never comes. */
const WAIT_LIMIT_MS = 120_000

/** Resolves once the condition holds. Fails after the limit, saying what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs: number = WAIT_LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    assert.ok(performance.now() < end, `waited in vain for ${what}`)
    await nextTurn()
  }
}

/** Answers as the promise does. Fails after the limit, saying what was waited for. */
export async function within<Result>(
  what: string,
  promise: Promise<Result>,
  limitMs: number = WAIT_LIMIT_MS,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const fail = (): void =>
    reject(new assert.AssertionError({ message: `waited in vain for ${what}` }))
  const timer = setTimeout(fail, limitMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
