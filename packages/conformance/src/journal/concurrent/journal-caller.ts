import type { JournalStore } from '@harborage/journal'
import { randomBelow } from '../../histories/random.ts'
import { recordCall } from '../../histories/record-call.ts'
import type { RecordedCall } from '../../histories/serial-order.ts'
import { makeJournalCall, type JournalCall } from './journal-call.ts'

/** The streams of a history: few, so that its calls conflict. */
const CALLED_STREAMS: readonly string[] = ['first', 'second']

/** The options of a caller. */
export interface JournalCallerOptions {
  readonly store: JournalStore
  /** A tenant that no other history uses. */
  readonly tenantId: string
  /** A name that no other caller of the history has. */
  readonly name: string
  /** The seed of its random choices: equal seeds make equal calls. */
  readonly seed: number
  /** Returns the time of a clock that all callers share, never the same time twice. */
  readonly now: () => number
}

/**
 * A caller whose appends, replacements, trims, deletions and retries conflict with those of others.
 */
export class JournalCaller {
  readonly history: RecordedCall<JournalCall>[] = []
  readonly #options: JournalCallerOptions
  readonly #below: (limit: number) => number
  /** The position that the caller last saw of each stream. */
  readonly #seen = new Map<string, number>()
  readonly #written: JournalCall[] = []
  #numbers = 0

  constructor(options: JournalCallerOptions) {
    this.#options = options
    this.#below = randomBelow(options.seed)
  }

  /** Makes calls, one after the other. */
  async work(calls: number): Promise<void> {
    for (let made = 0; made < calls; made += 1) await this.make(this.#nextCall())
  }

  /** Reads every stream. */
  async readAll(): Promise<void> {
    for (const stream of CALLED_STREAMS) await this.make({ do: 'read', stream })
  }

  /** Makes a call and records it in the history, with its answer. */
  async make(call: JournalCall): Promise<void> {
    const { store, tenantId, now } = this.#options
    const recorded = await recordCall(call, now, () => makeJournalCall(store, tenantId, call))
    if (recorded === undefined) return
    this.history.push(recorded)
    const { answer = '' } = recorded
    if (call.do === 'position') this.#seen.set(call.stream, Number(answer))
    const [, position] = /appended at (\d+)$/.exec(answer) ?? []
    if (call.do === 'append' && position !== undefined) {
      this.#seen.set(call.stream, Number(position))
    }
  }

  #nextCall(): JournalCall {
    // Mostly the first one, so that calls conflict.
    const stream = CALLED_STREAMS[this.#below(5) === 0 ? 1 : 0] ?? 'first'
    const seen = this.#seen.get(stream) ?? 0
    switch (this.#below(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#writing({ do: 'append', stream, ids: this.#ids(1 + this.#below(2)) })
      case 4:
      case 5:
        return this.#writing({ do: 'append', stream, ids: this.#ids(1), ifPosition: seen })
      case 6:
      case 7:
        return this.#writing({
          do: 'replaceAfter',
          stream,
          position: Math.max(0, seen - this.#below(3)),
          ids: this.#ids(this.#below(2)),
          operationId: `${this.#options.name}-operation-${this.#nextNumber()}`,
          ifPosition: seen,
        })
      case 8: {
        const retried = this.#written.at(-1 - this.#below(3))
        return retried ?? { do: 'read', stream }
      }
      case 9:
        return this.#writing({ do: 'trim', stream, before: Math.max(0, seen - 1) })
      case 10:
        return this.#below(2) === 0
          ? this.#writing({ do: 'delete', stream })
          : { do: 'read', stream }
      case 11:
        return { do: 'read', stream }
      default:
        return { do: 'position', stream }
    }
  }

  #ids(count: number): string[] {
    return Array.from({ length: count }, () => `${this.#options.name}-${this.#nextNumber()}`)
  }

  #nextNumber(): number {
    this.#numbers += 1
    return this.#numbers
  }

  #writing(call: JournalCall): JournalCall {
    // A replacement answers the same if it is repeated, so a history could not be explained.
    if (call.do !== 'replaceAfter') this.#written.push(call)
    return call
  }
}
