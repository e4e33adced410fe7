/** Resolves in the next turn of the event loop, after everything else that is ready has run. */
export function nextTurn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}

/** Waits for `count` turns of the event loop, so that an abort meets a call at different points. */
export async function eventLoopTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn()
}
