import { parseEventId, type Database, type EventId, type SubtreeLevel } from '@harborage/core'
import { openStateStore, type StateListOptions, type StateStore } from '@harborage/state'
import type { Choice } from '@harborage/test-kit/choice'
import { collect } from '@harborage/test-kit/collect'

import type { FuzzedCall, FuzzedStore } from './fuzzed-store.ts'
import {
  BOUNDS,
  choosePlace,
  expectedOf,
  isAt,
  PREFIXES,
  recordOf,
  shown,
  slotOf,
  type Held,
  type Place,
} from './held-slots.ts'
import {
  chooseNeighbor,
  chooseOwner,
  chooseSubtree,
  compareBytes,
  distinctOwners,
  hasParts,
  ownerOf,
  partsOf,
} from './owners.ts'

const maintenance = { maintenanceScoped: true } as const

/** Opens the state store, with what fuzzes it. */
export async function openFuzzedState(database?: Database): Promise<FuzzedStore> {
  const store = await openStateStore(database === undefined ? {} : { database })
  return new FuzzedState(store)
}

/** Calls a state store for owners with similar names, beside a list of all that it has to hold. */
class FuzzedState implements FuzzedStore {
  readonly #store: StateStore
  #held: readonly Held[] = []
  #saves = 0
  /** The tenants in which an event id was used. */
  readonly #used = new Map<EventId, Set<string>>()

  constructor(store: StateStore) {
    this.#store = store
  }

  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [6, (of) => this.#save(of)],
      [2, (of) => this.#saveIf(of)],
      [2, (of) => this.#saveUsed(of)],
      [3, (of) => this.#load(of)],
      [2, (of) => this.#loadMany(of)],
      [3, (of) => this.#loadByEventId(of)],
      [2, (of) => this.#delete(of)],
      [2, (of) => this.#deleteIf(of)],
      [3, (of) => this.#commit(of)],
      [1, (of) => this.#sweep(of)],
      [4, (of) => this.#list(of)],
      [1, (of) => this.#listKind(of)],
      [1, (of) => this.#deleteAll(of)],
      [3, (of) => this.#directory(of)],
    ])(choice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close()
  }

  #save(choice: Choice): FuzzedCall {
    const next = this.#next(choosePlace(choice))
    this.#put(next)
    return { name: 'save', call: () => this.#store.save(recordOf(next)), expected: 'saved' }
  }

  #saveIf(choice: Choice): FuzzedCall {
    const { eventId: ifEventId, ...place } = this.#chooseExpectation(choice)
    const next = this.#next(place)
    const isMet = (this.#at(place)?.eventId ?? null) === ifEventId
    if (isMet) this.#put(next)
    return {
      name: 'save with ifEventId',
      call: () => this.#store.save(recordOf(next), { ifEventId }),
      expected: isMet ? 'saved' : 'condition_failed',
    }
  }

  /** Saves with the event id of another slot, which mostly differs by its tenant only. */
  #saveUsed(choice: Choice): FuzzedCall {
    const chosen = choosePlace(choice)
    const { tenantId } = chosen.owner
    const other = choice.maybe(this.#held.filter((each) => !isAt(each, chosen)))
    const isSameBesides = other !== undefined && choice.below(4) > 0
    const place = isSameBesides ? { owner: { ...other.owner, tenantId }, kind: other.kind } : chosen
    if (other !== undefined && isAt(other, place)) return this.#load(choice)
    const isNew = other !== undefined && this.#used.get(other.eventId)?.has(tenantId) !== true
    const isTaken = other !== undefined && other.owner.tenantId === tenantId
    if (other === undefined || (!isNew && !isTaken)) return this.#load(choice)
    const next = { ...place, eventId: other.eventId, text: other.text }
    if (isNew) this.#put(next)
    return {
      name: 'save with a used event id',
      call: () => this.#store.save(recordOf(next)),
      expected: isNew ? 'saved' : 'idempotency_conflict',
    }
  }

  #load(choice: Choice): FuzzedCall {
    const { owner, kind } = choosePlace(choice)
    return {
      name: 'load',
      call: async () => shown(await this.#store.load(ownerOf(owner), kind)),
      expected: expectedOf(this.#at({ owner, kind })),
    }
  }

  #loadMany(choice: Choice): FuzzedCall {
    const first = choosePlace(choice).owner
    const { tenantId } = first
    const isOneOwner = choice.below(2) === 0
    const places = Array.from({ length: choice.below(8) }, () => choosePlace(choice)).map(
      ({ owner, kind }) => ({ owner: isOneOwner ? first : { ...owner, tenantId }, kind }),
    )
    const slots = places.map(({ owner, kind }) => ({ identity: ownerOf(owner), kind }))
    return {
      name: 'loadMany',
      call: async () => (await this.#store.loadMany(slots)).map(shown),
      expected: places.map((place) => expectedOf(this.#at(place))),
    }
  }

  #loadByEventId(choice: Choice): FuzzedCall {
    const { owner } = choosePlace(choice)
    const eventId = choice.maybe(this.#held)?.eventId ?? parseEventId('none')
    const found = this.#held.find(
      (each) => each.eventId === eventId && hasParts({ ...each.owner, runId: owner.runId }, owner),
    )
    return {
      name: 'loadByEventId',
      call: async () => shown(await this.#store.loadByEventId(ownerOf(owner), eventId)),
      expected: expectedOf(found),
    }
  }

  #delete(choice: Choice): FuzzedCall {
    const { owner, kind } = choosePlace(choice)
    const isThere = this.#remove((each) => isAt(each, { owner, kind })) > 0
    return {
      name: 'delete',
      call: () => this.#store.delete(ownerOf(owner), kind),
      expected: isThere,
    }
  }

  #deleteIf(choice: Choice): FuzzedCall {
    const { eventId, ...place } = this.#chooseExpectation(choice)
    const held = this.#at(place)
    const ifEventId = eventId ?? parseEventId('none')
    const isMet = held?.eventId === ifEventId
    if (isMet) this.#remove((each) => isAt(each, place))
    return {
      name: 'delete with ifEventId',
      call: () => this.#store.delete(ownerOf(place.owner), place.kind, { ifEventId }),
      expected: held === undefined ? false : isMet || 'condition_failed',
    }
  }

  #commit(choice: Choice): FuzzedCall {
    const { eventId, ...condition } = this.#chooseExpectation(choice)
    const { tenantId } = condition.owner
    const within = ({ owner, kind }: Place): Place => ({ owner: { ...owner, tenantId }, kind })
    const [place, gone] = [within(choosePlace(choice)), within(choosePlace(choice))]
    // A save beside a condition on another slot of its run is a statement of its own.
    const saved = choice.below(2) === 0 ? { ...place, owner: condition.owner } : place
    const next = this.#next(saved)
    const isMet = (this.#at(condition)?.eventId ?? null) === eventId
    // Without a deletion, a commit is made without a look at its slots first.
    const isDeleting = choice.below(2) === 0 && !isAt(gone, saved)
    if (isMet) {
      if (isDeleting) this.#remove((each) => isAt(each, gone))
      this.#put(next)
    }
    return {
      name: 'commit',
      call: async () => {
        const { save } = await this.#store.commit({
          expect: [{ ...slotOf(condition), eventId }],
          save: [recordOf(next)],
          delete: isDeleting ? [slotOf(gone)] : [],
        })
        return save
      },
      expected: isMet ? ['saved'] : 'condition_failed',
    }
  }

  /** Fills a slot, and empties those of an owner under a prefix. */
  #sweep(choice: Choice): FuzzedCall {
    const { owner, kind } = choosePlace(choice)
    const swept = chooseNeighbor(choice, owner)
    const next = this.#next({ owner: { ...owner, tenantId: swept.tenantId }, kind })
    const kindPrefix = choice.of(PREFIXES)
    const isEmpty = this.#at(next) === undefined
    const deleted = this.#remove(
      (each) =>
        hasParts(each.owner, swept) && each.kind.startsWith(kindPrefix) && !isAt(each, next),
    )
    if (isEmpty) this.#put(next)
    return {
      name: 'commit that fills a slot and empties a prefix',
      call: () =>
        this.#store.commit({
          saveIfEmpty: [recordOf(next)],
          deletePrefix: [{ identity: ownerOf(swept), kindPrefix }],
        }),
      expected: { repeated: false, save: [], saveIfEmpty: [isEmpty ? 'saved' : 'kept'], deleted },
    }
  }

  #list(choice: Choice): FuzzedCall {
    const owner = chooseOwner(choice)
    const prefix = choice.of(PREFIXES)
    const [from, to] = [choice.maybe(BOUNDS), choice.maybe(BOUNDS)]
    const bounds = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    const order = choice.of(['ascending', 'descending'] as const)
    const limit = choice.below(10)
    const options: StateListOptions = { ...bounds, order, limit, pageSize: 1 + choice.below(4) }
    const all = this.#held
      .filter((each) => hasParts(each.owner, owner) && each.kind.startsWith(prefix))
      .filter(({ kind }) => from === undefined || compareBytes(kind, from) >= 0)
      .filter(({ kind }) => to === undefined || compareBytes(kind, to) < 0)
      .toSorted((left, right) => compareBytes(left.kind, right.kind))
    const page = (order === 'ascending' ? all : all.toReversed()).slice(0, limit)
    const name = choice.of(['list', 'listKeys', 'count'] as const)
    if (name === 'count') {
      const call = () => this.#store.count(ownerOf(owner), prefix, bounds)
      return { name, call, expected: all.length }
    }
    if (name === 'list') {
      const walk = () => this.#store.list(ownerOf(owner), prefix, options)
      return {
        name,
        call: async () => (await collect(walk())).map(shown),
        expected: page.map(expectedOf),
      }
    }
    const walk = () => this.#store.listKeys(ownerOf(owner), prefix, options)
    return {
      name,
      call: async () => (await collect(walk())).map(({ eventId }) => eventId),
      expected: page.map(({ eventId }) => eventId),
    }
  }

  #listKind(choice: Choice): FuzzedCall {
    const prefix = choice.of(PREFIXES) || 'a'
    const found = this.#held
      .filter(({ kind }) => kind.startsWith(prefix))
      .map((each) => JSON.stringify(expectedOf(each)))
    return {
      name: 'listKind',
      call: async () => {
        const records = await collect(this.#store.listKind(maintenance, prefix))
        return records.map((each) => JSON.stringify(shown(each))).toSorted()
      },
      expected: found.toSorted(),
    }
  }

  #deleteAll(choice: Choice): FuzzedCall {
    // Mostly narrow ones, so that something is left.
    const levels = ['run', 'run', 'run', 'session', 'session', 'user', 'tenant'] as const
    const { subtree, holds } = chooseSubtree<SubtreeLevel>(choice, choice.of(levels))
    const deleted = this.#remove(({ owner }) => holds(owner))
    return {
      name: `deleteAll of a ${subtree.level}`,
      call: () => this.#store.deleteAll(subtree),
      expected: { deleted, remaining: 0 },
    }
  }

  #directory(choice: Choice): FuzzedCall {
    const level = choice.of(['tenant', 'user', 'session', 'run'] as const)
    const pageSize = 1 + choice.below(4)
    const { holds, walk } = this.#walkOf(choice, level, pageSize)
    const owners = this.#held.map(({ owner }) => owner).filter(holds)
    return {
      name: `the directory of each ${level}`,
      call: async () => (await collect(walk())).map(partsOf),
      expected: distinctOwners(owners, level),
    }
  }

  #walkOf(choice: Choice, level: SubtreeLevel, pageSize: number) {
    const options = { pageSize }
    if (level === 'tenant') {
      return { holds: () => true, walk: () => this.#store.tenants(maintenance, options) }
    }
    if (level === 'user') {
      const { subtree, holds } = chooseSubtree(choice, 'tenant')
      return { holds, walk: () => this.#store.users(subtree, options) }
    }
    if (level === 'session') {
      const { subtree, holds } = chooseSubtree(choice, choice.of(['user', 'tenant'] as const))
      return { holds, walk: () => this.#store.sessions(subtree, options) }
    }
    const { subtree, holds } = chooseSubtree(choice, 'session')
    const { tenantId, userId, sessionId } = subtree
    return { holds, walk: () => this.#store.runs({ tenantId, userId, sessionId }, options) }
  }

  #at(place: Place): Held | undefined {
    return this.#held.find((each) => isAt(each, place))
  }

  /**
   * Chooses a slot and what it is expected to hold: mostly what a slot holds whose owner differs by
   * one part.
   */
  #chooseExpectation(choice: Choice): Place & { readonly eventId: EventId | null } {
    const held = choice.maybe(this.#held)
    if (held === undefined || choice.below(8) === 0)
      return { ...choosePlace(choice), eventId: null }
    const { owner, kind, eventId } = held
    if (choice.below(3) === 0) return { owner, kind, eventId }
    return { owner: chooseNeighbor(choice, owner), kind, eventId }
  }

  #next(place: Place): Held {
    this.#saves += 1
    const eventId = parseEventId(`event ${this.#saves}`)
    return { ...place, eventId, text: `${this.#saves} of ${Object.values(place.owner).join('/')}` }
  }

  #put(next: Held): void {
    this.#remove((each) => isAt(each, next))
    this.#held = [...this.#held, next]
    const tenants = this.#used.get(next.eventId) ?? new Set()
    this.#used.set(next.eventId, tenants.add(next.owner.tenantId))
  }

  #remove(isRemoved: (held: Held) => boolean): number {
    const before = this.#held.length
    this.#held = this.#held.filter((each) => !isRemoved(each))
    return before - this.#held.length
  }
}
