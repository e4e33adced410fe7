/** Waits for something, but not longer than so many milliseconds, and tells whether it was over by then. */
export async function isOverWithin(ms: number, running: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, ms, false)
  try {
    return await Promise.race([running.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
