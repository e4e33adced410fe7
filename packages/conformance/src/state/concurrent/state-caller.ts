import type { StateStore } from '@harborage/state'
import { randomBelow } from '../../histories/random.ts'
import { recordCall } from '../../histories/record-call.ts'
import type { RecordedCall } from '../../histories/serial-order.ts'
import { makeStateCall, type CallRecord, type CallSlot, type StateCall } from './state-call.ts'

/** The kinds of a history: few, so that its calls conflict. */
export const CALLED_KINDS: readonly string[] = ['a', 'b', 'c']

const CALLED_SESSIONS: readonly string[] = ['first', 'second']

/** The options of a caller. */
export interface CallerOptions {
  readonly store: StateStore
  /** A tenant that no other history uses. */
  readonly tenantId: string
  /** A name that no other caller of the history has. */
  readonly name: string
  /** The seed of its random choices: equal seeds make equal calls. */
  readonly seed: number
  /** Whether records expire, and are touched and pruned. Default: `false`. */
  readonly expires?: boolean
  /** Returns the time of a clock that all callers share, never the same time twice. */
  readonly now: () => number
}

/** A caller whose saves, commits, deletions, reads and retries conflict with those of others. */
export class StateCaller {
  readonly history: RecordedCall<StateCall>[] = []
  readonly #options: CallerOptions
  readonly #below: (limit: number) => number
  /** The event id that the caller last saw in each slot. */
  readonly #seen = new Map<string, string | null>()
  readonly #written: StateCall[] = []
  #saves = 0

  constructor(options: CallerOptions) {
    this.#options = options
    this.#below = randomBelow(options.seed)
  }

  /** Makes calls, one after the other. */
  async work(calls: number): Promise<void> {
    for (let made = 0; made < calls; made += 1) await this.make(this.#nextCall())
  }

  /** Reads every slot. */
  async readAll(): Promise<void> {
    for (const session of CALLED_SESSIONS) {
      for (const kind of CALLED_KINDS) await this.make({ do: 'load', session, kind })
    }
  }

  /** Makes a call and records it in the history, with its answer. */
  async make(call: StateCall): Promise<void> {
    const { store, tenantId, now } = this.#options
    const recorded = await recordCall(call, now, () => makeStateCall(store, tenantId, call))
    if (recorded === undefined) return
    this.history.push(recorded)
    const { answer = '' } = recorded
    if (call.do === 'load') {
      this.#seen.set(nameOf(call), answer === 'nothing' ? null : (answer.split(':')[0] ?? null))
    }
    if (call.do === 'save' && answer === 'saved' && call.isExpired !== true)
      this.#seen.set(nameOf(call), call.eventId)
  }

  #nextCall(): StateCall {
    const slot = this.#slot()
    const { expires = false } = this.#options
    if (expires && this.#below(2) === 0) return this.#nextOfExpiry(slot)
    switch (this.#below(15)) {
      case 0:
      case 1:
        return this.#writing({ do: 'save', ...this.#record(slot) })
      case 2:
      case 3:
        return this.#writing({
          do: 'save',
          ...this.#record(slot),
          ifEventId: this.#below(2) === 0 ? null : this.#lastSeen(slot),
        })
      case 4:
      case 5:
        return this.#writing(this.#commit(slot))
      case 6: {
        const ifEventId = this.#lastSeen(slot)
        const isGuarded = ifEventId !== null && this.#below(2) === 0
        return this.#writing({ do: 'delete', ...slot, ...(isGuarded && { ifEventId }) })
      }
      case 7:
      case 8:
        return this.#writing({ do: 'deleteSession', session: slot.session })
      case 9: {
        const retried = this.#written.at(-1 - this.#below(3))
        return retried ?? { do: 'load', ...slot }
      }
      case 10: {
        const eventId = this.#lastSeen(slot)
        if (eventId === null) return { do: 'load', ...slot }
        return { do: 'loadByEventId', session: slot.session, eventId }
      }
      case 11:
        return { do: 'load', ...slot }
      case 12:
      case 13:
        return this.#writing(this.#sweep(slot))
      default: {
        const { session } = slot
        return { do: 'loadMany', slots: CALLED_KINDS.map((kind) => ({ session, kind })) }
      }
    }
  }

  /** Saves, or touches, reads, prunes or saves again what this caller saved last. */
  #nextOfExpiry(slot: CallSlot): StateCall {
    const last = this.#written.findLast((call) => call.do === 'save')
    if (last === undefined) return this.#writing({ do: 'save', ...this.#record(slot) })
    const { session, kind, eventId } = last
    switch (this.#below(6)) {
      case 0:
        return { do: 'load', session, kind }
      case 1:
        return this.#writing({ do: 'prune', session, kind })
      case 2:
      case 3: {
        const isExpired = this.#below(3) > 0
        return this.#writing({ do: 'touch', session, kind, ifEventId: eventId, isExpired })
      }
      default:
        return last
    }
  }

  #commit({ session, kind }: CallSlot): StateCall {
    const others = CALLED_KINDS.filter((other) => other !== kind).map((other) => ({
      session,
      kind: other,
    }))
    const [second, third] = this.#below(2) === 0 ? others : others.toReversed()
    const isExpecting = third !== undefined && this.#below(2) === 0
    return {
      do: 'commit',
      expect: isExpecting ? [{ ...third, eventId: this.#lastSeen(third) }] : [],
      save: [{ session, kind }, ...(second === undefined ? [] : [second])].map((slot) =>
        this.#record(slot),
      ),
      saveIfEmpty: [],
      delete: third !== undefined && this.#below(3) === 0 ? [third] : [],
      deletePrefix: [],
    }
  }

  /** Fills a slot, and empties the others or keeps one of them. */
  #sweep(slot: CallSlot): StateCall {
    const { session } = slot
    const isEmptying = this.#below(2) === 0
    return {
      do: 'commit',
      expect: [],
      save: this.#below(2) === 0 ? [this.#record({ session, kind: 'a' })] : [],
      saveIfEmpty: slot.kind === 'a' ? [] : [this.#record(slot)],
      delete: [],
      deletePrefix: isEmptying || slot.kind === 'a' ? [{ session, prefix: '' }] : [],
    }
  }

  #slot(): CallSlot {
    // Mostly the first one, so that calls conflict.
    const session = this.#below(4) === 0 ? 'second' : 'first'
    return { session, kind: CALLED_KINDS[this.#below(CALLED_KINDS.length)] ?? 'a' }
  }

  #record(slot: CallSlot): CallRecord {
    this.#saves += 1
    const eventId = `${this.#options.name}-${this.#saves}`
    const isExpired = this.#options.expires === true && this.#below(3) === 0
    return { ...slot, eventId, text: `by ${eventId}`, ...(isExpired && { isExpired }) }
  }

  #lastSeen(slot: CallSlot): string | null {
    return this.#seen.get(nameOf(slot)) ?? null
  }

  #writing(call: StateCall): StateCall {
    this.#written.push(call)
    return call
  }
}

function nameOf({ session, kind }: CallSlot): string {
  return `${session}/${kind}`
}
