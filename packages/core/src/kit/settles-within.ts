/**
 * Waits for a promise, but no longer than the given number of milliseconds. Resolves to `true` if
 * the promise was fulfilled by then, else to `false`. Rejects if the promise rejects by then.
 */
export async function settlesWithin(ms: number, running: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, ms, false)
  try {
    return await Promise.race([running.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
