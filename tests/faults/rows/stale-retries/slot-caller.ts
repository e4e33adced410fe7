import { newEventId } from '@harborage/core'
import type { NewStateRecord, SaveOutcome, StateStore } from '@harborage/state'

import type { Random } from '../../harness/random.ts'
import { Recent, Tally } from './tally.ts'
import type { Caller } from './worker.ts'

/** The number of replaced event ids that a slot remembers, according to the guides. */
const PROMISED_EVENT_IDS = 16

/**
 * Saves into one slot, and repeats each save late: together with later ones, until just before its
 * event id is forgotten.
 */
export class SlotCaller implements Caller {
  readonly #store: StateStore
  readonly #random: Random
  readonly #tally = new Tally()
  readonly #identity: NewStateRecord['identity']
  readonly #kind = 'task.checkpoint'
  /** What the slot holds, and what it has replaced as far back as is promised. */
  readonly #saved = new Recent<NewStateRecord>(1 + PROMISED_EVENT_IDS)
  #steps = 0

  constructor(store: StateStore, name: string, random: Random) {
    this.#store = store
    this.#random = random
    this.#identity = { tenantId: name, userId: 'ann', sessionId: 's1' }
  }

  get found() {
    return this.#tally.found
  }

  async step(): Promise<void> {
    this.#steps += 1
    const next = this.#nextRecord()
    // Not the oldest: it is forgotten as soon as the new one is there.
    const { items } = this.#saved
    const old = items.slice(0, PROMISED_EVENT_IDS)
    const stale = old.length === 0 ? [] : [this.#random.of(old), this.#random.of(old)]
    const calls = [
      () => this.#save(next, ['saved']),
      ...stale.map((record) => () => this.#save(record, ['superseded', 'unchanged'])),
    ]
    if (this.#random.below(2) === 0) calls.reverse()
    await Promise.all(calls.map((call) => call()))
    this.#saved.add(next)
    const { oldest } = this.#saved
    if (oldest !== undefined) await this.#save(oldest, ['superseded'])
    if (this.#random.below(4) === 0) await this.#commitAgain()
    if (this.#random.below(4) === 0) await this.finish()
  }

  async finish(): Promise<void> {
    const [last] = this.#saved.items
    const held = await this.#store.load(this.#identity, this.#kind)
    if (held?.eventId !== last?.eventId) this.#tally.lost()
  }

  #save(record: NewStateRecord, answers: readonly SaveOutcome[]): Promise<void> {
    return this.#tally.expect(answers, 'a save', () => this.#store.save(record))
  }

  /** A commit of which everything was applied before is a retry as well. */
  async #commitAgain(): Promise<void> {
    const record = this.#random.of(this.#saved.items)
    await this.#tally.expect(['superseded', 'unchanged'], 'a commit', async () => {
      const { save } = await this.#store.commit({ save: [record] })
      return save[0] ?? 'nothing'
    })
  }

  #nextRecord(): NewStateRecord {
    return {
      eventId: newEventId(),
      identity: this.#identity,
      kind: this.#kind,
      bytes: new TextEncoder().encode(`step ${this.#steps}`),
      version: this.#steps,
    }
  }
}
