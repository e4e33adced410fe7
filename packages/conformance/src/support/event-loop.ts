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

/**
 * Waits for another moment in each round of a race: of an odd one within a turn of the event loop,
 * so that the calls of a driver in memory are met, and of an even one after some turns.
 */
export async function pauseOf(round: number): Promise<void> {
  if (round % 2 === 0) return eventLoopTurns(round / 2)
  for (let turn = 0; turn < round * 8; turn += 1) await Promise.resolve()
}
