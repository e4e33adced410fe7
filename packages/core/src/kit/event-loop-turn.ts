// Not the global one: with fake timers in a caller's test it would never be called.
import { setImmediate } from 'node:timers'

/** The longest time for which synchronous work may block the event loop, in milliseconds. */
const MAX_HOLD_MS = 10

/**
 * The largest number of pieces between two readings of the clock, which costs more than a small
 * piece.
 */
const MAX_STRIDE = 16

/**
 * If the pieces between two readings took that long, in milliseconds, each of the next ones is
 * timed.
 */
const LONG_STRIDE_MS = 1

/** Whether such work was done in this turn of the event loop. The end of the turn resets it. */
let isHeld = false

/** The time at which the first work of this turn began. */
let heldSince = 0

let lastReading = 0

/** The pieces left before the next reading of the clock, and all of them between two readings. */
let untimed = 0
let stride = 1

/** Whether waiting pieces are being resumed in this turn. */
let isResuming = false

/** The pieces that wait for the next turn, in order of arrival. */
const waiting = new Set<() => void>()

/**
 * Keeps synchronous work from starving timers, sockets and signals, which `await` alone does not
 * let run. Call it before each piece of such work. Returns `undefined` if the piece may be done at
 * once, or a promise to await first; then do the piece without awaiting anything else.
 *
 * A piece has to wait once such work has blocked the event loop for about 10 ms. Waiting pieces are
 * resumed in order, as many in each turn as 10 ms allow. A piece that arrives meanwhile is done
 * among them: otherwise it would wait for all of them, and so would every later piece.
 */
export function turnIfHeld(): Promise<void> | undefined {
  if (waiting.size === 0 || isResuming) {
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

/** Begins to measure a turn. Its one callback keeps the process alive no longer than the turn. */
function beginHold(): void {
  isHeld = true
  heldSince = lastReading = performance.now()
  untimed = stride = 1
  setImmediate(endHold)
}

/** Reads the clock, returns whether the turn has to end, and decides when to read it again. */
function isOver(): boolean {
  const now = performance.now()
  stride = now - lastReading < LONG_STRIDE_MS ? Math.min(stride * 2, MAX_STRIDE) : 1
  untimed = stride
  lastReading = now
  return now - heldSince >= MAX_HOLD_MS
}

function endHold(): void {
  isHeld = false
  if (waiting.size > 0) void resumeWaiting()
}

/** Resumes waiting pieces in their order, until the turn has to end. */
async function resumeWaiting(): Promise<void> {
  beginHold()
  isResuming = true
  for (const resolve of waiting) {
    waiting.delete(resolve)
    resolve()
    untimed -= 1
    if (untimed > 0) continue
    // The resumed pieces are done before this continues.
    await Promise.resolve()
    if (isOver()) break
  }
  isResuming = false
}
