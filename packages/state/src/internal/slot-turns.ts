import { clearTimeout, setTimeout } from 'node:timers'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunIdentity } from '@harborage/core'
import { abortReason, isAborted, onAbort } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type { StateStore } from '../state-store.ts'

/** How long one update keeps the others of its slot waiting, at most: its `change` may wait for one of them. */
const TURN_MS = 1_000

/** The longest pause after a conflict within a turn, which is with another process. */
const MAX_PAUSE_MS = 64

/** How many updates of one slot begin beside each other: of more, nearly all would load and save in vain. */
const MAX_BESIDE = 8

/** A place in the line of one slot. */
interface Waiting {
  readonly start: () => void
}

/**
 * Lets updates of one slot that have met a conflict, or that are many, go on one after the other, in the order in which
 * they came. It only keeps them from disturbing each other: that no update is lost is ensured by the condition of each
 * save.
 */
export class SlotTurns {
  /** The lines of the slots that have one: the first in each is at work. */
  readonly #lines = new Map<string, Set<Waiting>>()

  /** How many updates of each slot have begun and not ended. */
  readonly #begun = new Map<string, number>()

  /**
   * Notes that an update of the slot begins.
   *
   * @returns Whether it does better to wait for a turn, since others wait for each other or are many.
   */
  begin(identity: Required<RunIdentity>, kind: string): boolean {
    const slot = slotId({ identity, kind })
    const begun = this.#begun.get(slot) ?? 0
    this.#begun.set(slot, begun + 1)
    return begun >= MAX_BESIDE || this.#lines.has(slot)
  }

  /** Notes that an update of the slot has ended. */
  end(identity: Required<RunIdentity>, kind: string): void {
    const slot = slotId({ identity, kind })
    const begun = this.#begun.get(slot) ?? 0
    if (begun > 1) this.#begun.set(slot, begun - 1)
    else this.#begun.delete(slot)
  }

  /**
   * Waits for a turn.
   *
   * @returns What ends the turn.
   * @throws The reason of the signal.
   */
  async take(
    identity: Required<RunIdentity>,
    kind: string,
    signal: AbortSignal | undefined,
  ): Promise<() => void> {
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    const slot = slotId({ identity, kind })
    const line = this.#lines.get(slot) ?? new Set()
    this.#lines.set(slot, line)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { start: resolve }
    line.add(waiting)
    if (line.size === 1) resolve()
    const forget =
      signal === undefined
        ? undefined
        : onAbort(signal, () => {
            this.#leave(slot, waiting)
            reject(abortReason(signal))
          })
    try {
      await promise
    } finally {
      forget?.()
    }
    const timer = setTimeout(() => this.#leave(slot, waiting), TURN_MS)
    return () => {
      clearTimeout(timer)
      this.#leave(slot, waiting)
    }
  }

  /** Takes one out of its line and starts the first one, which may be at work already. */
  #leave(slot: string, waiting: Waiting): void {
    const line = this.#lines.get(slot)
    if (line?.delete(waiting) !== true) return
    const [first] = line
    if (first === undefined) this.#lines.delete(slot)
    else first.start()
  }
}

const turns = new WeakMap<StateStore, SlotTurns>()

/** Returns the lines of a store's slots. */
export function turnsOf(store: StateStore): SlotTurns {
  const known = turns.get(store)
  if (known !== undefined) return known
  const fresh = new SlotTurns()
  turns.set(store, fresh)
  return fresh
}

/**
 * Waits a random while, longer with each conflict, so that processes get out of step.
 *
 * @throws The reason of the signal.
 */
export async function pauseAfter(conflicts: number, signal?: AbortSignal): Promise<void> {
  await wait(Math.random() * Math.min(2 ** conflicts, MAX_PAUSE_MS))
  if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
}
