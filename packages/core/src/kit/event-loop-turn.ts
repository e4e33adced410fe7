// Not the global one: under the fake timers of a caller's test, no turn would ever end.
import { setImmediate } from 'node:timers'

/** How long work that never waits may hold the event loop, in milliseconds. */
const LONGEST_HOLD_MS = 10

/** How many pieces are done between two looks at the clock, at most: it costs more than the least of them is worth. */
const MOST_UNTIMED = 16

/** Once the pieces between two looks took that long, in milliseconds, each one is timed. */
const LONG_BETWEEN_LOOKS_MS = 1

/** Whether such work was done in this turn of the event loop, so that its end is waited for. */
let isHeld = false

/** When the first work of this turn began. */
let heldSince = 0

let lastLook = 0

/** How many pieces are done before the next look at the clock, and how many were from the last one to it. */
let untimed = 0
let stride = 1

/** Whether what waits is going on in this turn. */
let isGoingOn = false

/** What waits for the next turn, in its order. */
const waiting = new Set<() => void>()

/**
 * Keeps work that is done in the calling thread from starving timers, sockets and signals, since `await` alone lets none
 * of them go on. Ask before each piece of such work, and do the piece at once after what is returned has resolved.
 *
 * Returns `undefined` where the piece may be done at once: always, until such work has held the event loop for about
 * 10 ms. Pieces that wait go on in the order in which they asked, as many in each turn as 10 ms allow. What is asked for
 * while they do goes between them: it would wait for all of them else, as each piece would from then on.
 */
export function turnIfHeld(): Promise<void> | undefined {
  if (waiting.size === 0 || isGoingOn) {
    if (!isHeld) {
      beginHold()
      return undefined
    }
    untimed -= 1
    if (untimed > 0 || !isOver()) return undefined
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting.add(resolve)
  return promise
}

/** Begins to count. The callback is the only one of the turn, and keeps a process alive no longer than that. */
function beginHold(): void {
  isHeld = true
  heldSince = lastLook = performance.now()
  untimed = stride = 1
  setImmediate(endHold)
}

/** Looks at the clock, and decides when to look again. */
function isOver(): boolean {
  const now = performance.now()
  stride = now - lastLook < LONG_BETWEEN_LOOKS_MS ? Math.min(stride * 2, MOST_UNTIMED) : 1
  untimed = stride
  lastLook = now
  return now - heldSince >= LONGEST_HOLD_MS
}

function endHold(): void {
  isHeld = false
  if (waiting.size > 0) void goOn()
}

/** Lets what waits go on, in its order. */
async function goOn(): Promise<void> {
  beginHold()
  isGoingOn = true
  for (const resolve of waiting) {
    waiting.delete(resolve)
    resolve()
    untimed -= 1
    if (untimed > 0) continue
    // The pieces are done before this goes on.
    await Promise.resolve()
    if (isOver()) break
  }
  isGoingOn = false
}
