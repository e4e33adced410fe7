/**
 * Waits for a promise, but no longer than the given number of milliseconds. Resolves to `true` if
 * it was fulfilled by then and to `false` if not; rejects as it does.
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
