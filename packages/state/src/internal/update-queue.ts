import { clearTimeout, setTimeout } from 'node:timers'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunIdentity } from '@harborage/core'
import { abortReason, isAborted, onAbort } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type { StateStore } from '../state-store.ts'

/** The longest that one turn delays the others: its `change` may itself wait for one of them. */
const MAX_TURN_MS = 1_000

/** The longest pause after a conflict within a turn, which is a conflict with another process. */
const MAX_PAUSE_MS = 64

/** How many updates of a slot run without a turn. With more, nearly all would conflict. */
const MAX_CONCURRENT = 8

/** An update that waits for its turn, or has it. */
interface Waiting {
  readonly start: () => void
}

/**
 * Queues the updates of a slot once they conflict or are many, first come, first served. It only
 * avoids conflicts: that no update is lost is ensured by the precondition of each save.
 */
export class UpdateQueue {
  /** The queues by slot. The first entry of each has its turn. */
  readonly #queues = new Map<string, Set<Waiting>>()

  /** The number of updates in progress by slot. */
  readonly #inProgress = new Map<string, number>()

  /**
   * Registers an update of a slot.
   *
   * @returns Whether it has to wait for a turn before its first attempt.
   */
  enter(identity: Required<RunIdentity>, kind: string): boolean {
    const slot = slotId({ identity, kind })
    const count = this.#inProgress.get(slot) ?? 0
    this.#inProgress.set(slot, count + 1)
    return count >= MAX_CONCURRENT || this.#queues.has(slot)
  }

  /** Unregisters an update of a slot. */
  leave(identity: Required<RunIdentity>, kind: string): void {
    const slot = slotId({ identity, kind })
    const count = this.#inProgress.get(slot) ?? 0
    if (count > 1) this.#inProgress.set(slot, count - 1)
    else this.#inProgress.delete(slot)
  }

  /**
   * Waits for a turn.
   *
   * @returns A function that ends the turn.
   * @throws The reason of the signal.
   */
  async waitForTurn(
    identity: Required<RunIdentity>,
    kind: string,
    signal: AbortSignal | undefined,
  ): Promise<() => void> {
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    const slot = slotId({ identity, kind })
    const queue = this.#queues.get(slot) ?? new Set()
    this.#queues.set(slot, queue)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { start: resolve }
    queue.add(waiting)
    if (queue.size === 1) resolve()
    const stopListening =
      signal === undefined
        ? undefined
        : onAbort(signal, () => {
            this.#remove(slot, waiting)
            reject(abortReason(signal))
          })
    try {
      await promise
    } finally {
      stopListening?.()
    }
    const timer = setTimeout(() => this.#remove(slot, waiting), MAX_TURN_MS)
    return () => {
      clearTimeout(timer)
      this.#remove(slot, waiting)
    }
  }

  /**
   * Removes an entry from its queue, and starts the first that is left. Starting it again has no
   * effect.
   */
  #remove(slot: string, waiting: Waiting): void {
    const queue = this.#queues.get(slot)
    if (queue?.delete(waiting) !== true) return
    const [first] = queue
    if (first === undefined) this.#queues.delete(slot)
    else first.start()
  }
}

const queues = new WeakMap<StateStore, UpdateQueue>()

/** Returns the queue of a store, which all typed slots share. */
export function updateQueueOf(store: StateStore): UpdateQueue {
  const known = queues.get(store)
  if (known !== undefined) return known
  const fresh = new UpdateQueue()
  queues.set(store, fresh)
  return fresh
}

/**
 * Pauses for a random time, longer with each conflict, so that processes do not conflict again.
 *
 * @throws The reason of the signal.
 */
export async function pauseAfter(conflicts: number, signal?: AbortSignal): Promise<void> {
  await wait(Math.random() * Math.min(2 ** conflicts, MAX_PAUSE_MS))
  if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
}
