import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'

import type { PreparedCall } from './measured-calls.ts'

const WARM_UPS = 20
const REPEATS = 5

/** Follows one call at a time. */
export interface Follower<Functions> {
  /** Begins anew. */
  begin(): Promise<void> | void
  /** Returns what was called since it began. */
  end(): Promise<Functions> | Functions
}

/**
 * Follows a warm call several times, with all that comes after its answer, and returns the walk of
 * the fewest functions and calls: nothing else, such as a timer, ran beside that one.
 */
export async function walkWarm<Functions extends readonly { readonly calls: number }[]>(
  prepare: PreparedCall,
  follower: Follower<Functions>,
): Promise<Functions> {
  // What the first calls make, such as prepared statements, is not of the walk.
  for (let round = 0; round < WARM_UPS; round += 1) await (await prepare())()
  let fewest = await walkOnce(prepare, follower)
  for (let round = 1; round < REPEATS; round += 1) {
    const walk = await walkOnce(prepare, follower)
    if (sizeOf(walk) < sizeOf(fewest)) fewest = walk
  }
  return fewest
}

async function walkOnce<Functions>(
  prepare: PreparedCall,
  follower: Follower<Functions>,
): Promise<Functions> {
  const call = await prepare()
  await untilIdle()
  // An event id is made in another way if the one before was made in the same millisecond.
  await delay(2)
  await follower.begin()
  await call()
  await untilIdle()
  return follower.end()
}

function sizeOf(functions: readonly { readonly calls: number }[]): number {
  return functions.reduce((sum, { calls }) => sum + calls, functions.length)
}

/** Waits for what a call leaves behind: a few turns of the event loop. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
}
