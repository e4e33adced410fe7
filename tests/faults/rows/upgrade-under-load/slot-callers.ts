import { newEventId, type RunIdentity } from '@harborage/core'

import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import type { Caller, Operation } from '../../harness/workload/caller.ts'
import type { Stores } from '../../harness/workload/stores.ts'

/** Saves into new slots, each with a new kind. */
export class SlotFiller implements Caller {
  readonly name = 'new slots'
  readonly mark: string
  readonly #stores: Stores
  readonly #identity: RunIdentity
  readonly #filled = new Set<string>()
  #next = 0

  constructor(stores: Stores, identity: RunIdentity) {
    this.mark = identity.sessionId
    this.#stores = stores
    this.#identity = identity
  }

  next(): Operation {
    this.#next += 1
    const kind = `slot.${this.#next}`
    const bytes = Buffer.from(`${this.mark} ${kind}`)
    const record = { eventId: newEventId(), identity: this.#identity, kind, bytes }
    return {
      isTransaction: false,
      run: async () => void (await this.#stores.state.save(record, { ifEventId: null })),
      isApplied: async ({ state }) => (await state.load(this.#identity, kind)) !== undefined,
      acknowledge: () => this.#filled.add(kind),
    }
  }

  async check({ state }: Stores): Promise<Figures> {
    const found: string[] = []
    for await (const { kind } of state.list(this.#identity, 'slot.')) found.push(kind)
    const lost = [...this.#filled].filter((kind) => !found.includes(kind)).length
    return figures({ lost, duplicated: found.length - new Set(found).size })
  }
}

/** The kind of the slots that are overwritten. */
export const OVERWRITTEN = 'overwritten'

/** Overwrites one slot. The dates of its saves count them. */
export class Overwriter implements Caller {
  readonly name = 'one slot'
  readonly mark = OVERWRITTEN
  readonly #stores: Stores
  readonly #identity: RunIdentity
  #time = 0

  constructor(stores: Stores, identity: RunIdentity) {
    this.#stores = stores
    this.#identity = identity
  }

  next(): Operation {
    this.#time += 1
    const record = {
      eventId: newEventId(),
      identity: this.#identity,
      kind: OVERWRITTEN,
      bytes: Buffer.from(this.mark),
      updatedAt: new Date(this.#time),
    }
    return {
      isTransaction: false,
      run: async () => void (await this.#stores.state.save(record)),
      isApplied: async ({ state }) =>
        (await state.load(this.#identity, OVERWRITTEN))?.eventId === record.eventId,
      acknowledge: () => {},
    }
  }

  async check(): Promise<Figures> {
    return figures({})
  }
}

const SEEN = 50

/** Walks across all tenants, like a scheduler that searches for work. */
export class KindWalker implements Caller {
  readonly name = 'listKind'
  readonly mark = 'walks'
  readonly #stores: Stores

  constructor(stores: Stores) {
    this.#stores = stores
  }

  next(): Operation {
    return {
      isTransaction: false,
      run: async () => {
        let seen = 0
        for await (const _ of this.#stores.state.listKind({ maintenanceScoped: true }, 'slot.')) {
          seen += 1
          if (seen === SEEN) break
        }
      },
      isApplied: async () => true,
      acknowledge: () => {},
    }
  }

  async check(): Promise<Figures> {
    return figures({})
  }
}
