import { setImmediate as nextTurn } from 'node:timers/promises'

/** Finalizers run in turns of the event loop of their own, and some of them only after those of others. */
const TURNS = 3

/**
 * Collects what was just done away with, and lets it be released. Otherwise that falls to whoever works next, or to the
 * only one who gives way to the event loop. It needs the flag `--expose-gc`.
 */
export async function cleanUp(): Promise<void> {
  // Not a full collection: in the end those throw away compiled code that was not used for a while.
  globalThis.gc?.({ type: 'minor' })
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn()
}
