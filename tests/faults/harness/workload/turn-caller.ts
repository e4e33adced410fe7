import { newEventId, type RunIdentity } from '@harborage/core'

import type { Figures } from '../fault-row.ts'
import { figures } from '../figures.ts'
import type { Caller, Operation } from './caller.ts'
import type { Stores } from './stores.ts'

/** Adds turns to its own conversation, one after the other. */
export class TurnCaller implements Caller {
  readonly name = 'turn'
  readonly mark: string
  readonly #stores: Stores
  readonly #identity: RunIdentity
  readonly #said: string[] = []

  constructor(stores: Stores, identity: RunIdentity) {
    this.mark = identity.sessionId
    this.#stores = stores
    this.#identity = identity
  }

  next(): Operation {
    const userMessage = `${this.mark} turn ${this.#said.length}`
    const turn = { userMessage, assistantResponse: 'noted', turnId: newEventId() }
    return {
      isTransaction: true,
      run: () => this.#stores.memory.addTurn(this.#identity, turn),
      isApplied: async (reader) => (await this.#kept(reader)).includes(userMessage),
      acknowledge: () => this.#said.push(userMessage),
    }
  }

  async check(reader: Stores): Promise<Figures> {
    const kept = await this.#kept(reader)
    const distinct = new Set(kept)
    const isInOrder = [...distinct].join('\n') === this.#said.join('\n')
    return figures({
      lost: this.#said.filter((said) => !distinct.has(said)).length,
      duplicated: kept.length - distinct.size,
      foreign: kept.filter((message) => !message.startsWith(`${this.mark} `)).length,
      violations: isInOrder ? [] : [`the turns of ${this.mark} are not those that were added`],
    })
  }

  async #kept({ memory }: Stores): Promise<string[]> {
    const { recentTurns } = await memory.getLlmContext(this.#identity)
    return recentTurns.map(({ userMessage }) => userMessage)
  }
}
