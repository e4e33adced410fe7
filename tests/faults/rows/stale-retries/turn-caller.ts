import { newEventId } from '@harborage/core'
import type { ConversationTurn, MemoryStore } from '@harborage/memory'

import type { Random } from '../../harness/random.ts'
import { Recent, Tally } from './tally.ts'
import type { Caller } from './worker.ts'

/**
 * How many turn ids the conversations of this row remember; by default it would take too many turns
 * to see it.
 */
export const PROMISED_TURN_IDS = 72

/** Adds turns to one conversation, and each of them again as long as its id is remembered. */
export class TurnCaller implements Caller {
  readonly #store: MemoryStore
  readonly #random: Random
  readonly #tally = new Tally()
  readonly #identity: Parameters<MemoryStore['addTurn']>[0]
  readonly #added = new Recent<ConversationTurn>(PROMISED_TURN_IDS)
  #turns = 0

  constructor(store: MemoryStore, name: string, random: Random) {
    this.#store = store
    this.#random = random
    this.#identity = { tenantId: name, userId: 'ann', sessionId: 's1' }
  }

  get found() {
    return this.#tally.found
  }

  async step(): Promise<void> {
    // About five times as many turn ids are remembered as event ids, and the last of them is to
    // come up as often.
    for (let turn = 0; turn < 5; turn += 1) await this.#addNext()
  }

  async #addNext(): Promise<void> {
    const next = {
      turnId: newEventId(),
      userMessage: `turn ${this.#turns}`,
      assistantResponse: 'yes',
      timestamp: new Date(0),
    }
    this.#turns += 1
    // Not the oldest: it is forgotten as soon as the new one is there.
    const old = this.#added.items.slice(0, PROMISED_TURN_IDS - 1)
    const calls = [next, ...(old.length === 0 ? [] : [this.#random.of(old)])]
    if (this.#random.below(2) === 0) calls.reverse()
    await Promise.all(calls.map((turn) => this.#add(turn)))
    this.#added.add(next)
    const { oldest } = this.#added
    if (oldest !== undefined) await this.#add(oldest)
  }

  async finish(): Promise<void> {
    const { recentTurns } = await this.#store.getLlmContext(this.#identity)
    const told = recentTurns.map(({ userMessage }) => userMessage)
    const wanted = Array.from({ length: this.#turns }, (_, number) => `turn ${number}`)
    for (const message of wanted) if (!told.includes(message)) this.#tally.lost()
    if (new Set(told).size < told.length) this.#tally.duplicated()
    if (told.join() !== wanted.join())
      this.#tally.violation('the turns are not those, in their order')
  }

  #add(turn: ConversationTurn): Promise<void> {
    return this.#tally.expect([undefined], 'a turn', async () => {
      await this.#store.addTurn(this.#identity, turn)
      return undefined
    })
  }
}
