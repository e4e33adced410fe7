import type { ArtifactStore } from '@harborage/artifacts'
import { randomBelow } from '../../histories/random.ts'
import { recordCall } from '../../histories/record-call.ts'
import type { RecordedCall } from '../../histories/serial-order.ts'
import { makeArtifactCall, type ArtifactCall } from './artifact-call.ts'

/** The contents of a history: few, so that its calls conflict. */
export const CALLED_CONTENTS: readonly string[] = ['one', 'two', 'three']

const CALLED_SESSIONS: readonly string[] = ['first', 'second']

/** The options of a caller. */
export interface ArtifactCallerOptions {
  readonly store: ArtifactStore
  /** A tenant that no other history uses. */
  readonly tenantId: string
  /** A name that no other caller of the history has. */
  readonly name: string
  /** The seed of its random choices: equal seeds make equal calls. */
  readonly seed: number
  /** Returns the time of a clock that all callers share, never the same time twice. */
  readonly now: () => number
}

/** A caller whose puts, deletions and reads conflict with those of other callers. */
export class ArtifactCaller {
  readonly history: RecordedCall<ArtifactCall>[] = []
  readonly #options: ArtifactCallerOptions
  readonly #below: (limit: number) => number
  #puts = 0

  constructor(options: ArtifactCallerOptions) {
    this.#options = options
    this.#below = randomBelow(options.seed)
  }

  /** Makes calls, one after the other. */
  async work(calls: number): Promise<void> {
    for (let made = 0; made < calls; made += 1) await this.make(this.#nextCall())
  }

  /** Reads every artifact. */
  async readAll(): Promise<void> {
    for (const session of CALLED_SESSIONS) {
      for (const content of CALLED_CONTENTS) await this.make({ do: 'getRef', session, content })
    }
  }

  /** Makes a call and records it in the history, with its answer. */
  async make(call: ArtifactCall): Promise<void> {
    const { store, tenantId, now } = this.#options
    const recorded = await recordCall(call, now, () => makeArtifactCall(store, tenantId, call))
    if (recorded !== undefined) this.history.push(recorded)
  }

  #nextCall(): ArtifactCall {
    // Mostly the first one, so that calls conflict.
    const session = this.#below(4) === 0 ? 'second' : 'first'
    const content = CALLED_CONTENTS[this.#below(CALLED_CONTENTS.length)] ?? ''
    switch (this.#below(6)) {
      case 0:
      case 1:
      case 2: {
        this.#puts += 1
        const filename = `${this.#options.name}-${this.#puts}`
        return { do: 'put', session, content, filename, isExpired: this.#below(5) === 0 }
      }
      case 3:
        return { do: 'delete', session, content }
      case 4:
        return { do: 'deleteSession', session }
      default:
        return { do: 'getRef', session, content }
    }
  }
}
