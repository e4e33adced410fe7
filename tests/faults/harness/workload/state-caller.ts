import { newEventId, type RunIdentity } from '@harborage/core'
import type { NewStateRecord, StateRecord } from '@harborage/state'

import type { Figures } from '../fault-row.ts'
import { figures, sumOf } from '../figures.ts'
import type { Caller, Operation } from './caller.ts'
import type { Stores } from './stores.ts'

/** The kind of calls that are made repeatedly. */
export type StateVariant = 'save' | 'chain' | 'commit' | 'delete'

const SLOTS = ['slot.a', 'slot.b'] as const
const [A, B] = SLOTS

/**
 * Writes into its own slots: overwrites, compare-and-set chains, commits of two slots, alternating
 * saves and deletes.
 */
export class StateCaller implements Caller {
  readonly name: string
  readonly mark: string
  readonly #stores: Stores
  readonly #variant: StateVariant
  readonly #identity: RunIdentity
  readonly #held = new Map<string, NewStateRecord>()
  #written = 0

  constructor(stores: Stores, variant: StateVariant, identity: RunIdentity) {
    this.name = variant
    this.mark = identity.sessionId
    this.#stores = stores
    this.#variant = variant
    this.#identity = identity
  }

  next(): Operation {
    switch (this.#variant) {
      case 'save':
        return this.#save(false)
      case 'chain':
        return this.#save(true)
      case 'commit':
        return this.#commit()
      case 'delete':
        return this.#held.has(A) ? this.#delete() : this.#save(true)
    }
  }

  async check(reader: Stores): Promise<Figures> {
    const found = new Map<string, StateRecord>()
    for await (const record of reader.state.list(this.#identity, 'slot.')) {
      found.set(record.kind, record)
    }
    return sumOf(SLOTS.map((kind) => this.#compare(found.get(kind), this.#held.get(kind))))
  }

  #compare(found: StateRecord | undefined, held: NewStateRecord | undefined): Figures {
    if (held === undefined) {
      if (found === undefined) return figures({})
      return figures({ duplicated: 1, violations: [`${this.name}: a deleted slot is there again`] })
    }
    const at = `${this.name} of ${this.mark}, write ${this.#written}`
    if (found === undefined) return figures({ lost: 1, violations: [`${at}: the slot is empty`] })
    if (!isOwned(found, this.#identity)) return figures({ foreign: 1 })
    if (found.eventId !== held.eventId) {
      return figures({ lost: 1, violations: [`${at}: there is ${textOf(found.bytes)}`] })
    }
    return textOf(found.bytes) === textOf(held.bytes) ? figures({}) : figures({ torn: 1 })
  }

  #save(isConditional: boolean): Operation {
    const record = this.#record(A)
    const condition = isConditional ? { ifEventId: this.#held.get(A)?.eventId ?? null } : {}
    return {
      isTransaction: false,
      run: async () => mustBeThere([await this.#stores.state.save(record, condition)]),
      isApplied: (reader) => this.#isThere(reader, record),
      acknowledge: () => this.#held.set(A, record),
    }
  }

  #commit(): Operation {
    const [one, other] = [this.#record(A), this.#record(B)]
    const expect = SLOTS.map((kind) => ({
      identity: this.#identity,
      kind,
      eventId: this.#held.get(kind)?.eventId ?? null,
    }))
    const transaction = { expect, save: [one, other] }
    return {
      isTransaction: true,
      run: async () => mustBeThere((await this.#stores.state.commit(transaction)).save),
      isApplied: (reader) => this.#isThere(reader, other),
      acknowledge: () => {
        this.#held.set(A, one)
        this.#held.set(B, other)
      },
    }
  }

  #delete(): Operation {
    const held = this.#held.get(A)
    if (held === undefined) throw new Error('there is nothing to delete')
    return {
      isTransaction: false,
      mayStayUnknown: true,
      run: async () =>
        void (await this.#stores.state.delete(this.#identity, A, { ifEventId: held.eventId })),
      isApplied: async (reader) => !(await this.#isThere(reader, held)),
      acknowledge: () => this.#held.delete(A),
    }
  }

  #record(kind: string): NewStateRecord {
    this.#written += 1
    const eventId = newEventId()
    const bytes = Buffer.from(`${this.mark} ${kind} ${this.#written} ${eventId}`)
    return { eventId, identity: this.#identity, kind, bytes }
  }

  async #isThere({ state }: Stores, { kind, eventId }: NewStateRecord): Promise<boolean> {
    return (await state.load(this.#identity, kind))?.eventId === eventId
  }
}

function mustBeThere(outcomes: readonly string[]): void {
  if (outcomes.every((outcome) => outcome === 'saved' || outcome === 'unchanged')) return
  throw new Error(
    `a write that no other caller has overwritten was answered by ${outcomes.join(', ')}`,
  )
}

function isOwned({ identity }: StateRecord, own: RunIdentity): boolean {
  return (
    identity.tenantId === own.tenantId &&
    identity.userId === own.userId &&
    identity.sessionId === own.sessionId
  )
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
