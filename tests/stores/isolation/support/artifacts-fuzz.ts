import { createHash } from 'node:crypto'

import {
  ArtifactStore,
  compareRefs,
  openArtifactStore,
  type ArtifactDriver,
  type ArtifactListOptions,
  type ArtifactRef,
  type ArtifactScope,
} from '@harborage/artifacts'
import type { Database } from '@harborage/core'
import type { Choice } from '@harborage/test-kit/choice'
import { collect } from '@harborage/test-kit/collect'

import type { FuzzedCall, FuzzedStore } from './fuzzed-store.ts'
import {
  chooseNeighbor,
  chooseOwner,
  chooseSubtree,
  distinctOwners,
  hasParts,
  ownerOf,
  type Parts,
} from './owners.ts'

const NAMESPACES = ['a', 'a_', 'A'] as const
const TEXTS = ['one', 'two'] as const
const maintenance = { maintenanceScoped: true } as const

/** How much a list is of. */
const LEVELS = ['all', 'tenant', 'user', 'session', 'scope'] as const

/** An artifact of a history. The task is where other stores have the run. */
interface Place {
  readonly owner: Parts
  readonly namespace: string
  readonly text: string
}

interface Held extends Place {
  /** The name of the put that stored it. */
  readonly filename: string
}

/** Opens the artifact store, with what fuzzes it. */
export async function openFuzzedArtifacts(database?: Database): Promise<FuzzedStore> {
  const store = await openArtifactStore(database === undefined ? {} : { database })
  return new FuzzedArtifacts(store)
}

/** Opens the artifact store on a driver, with what fuzzes it. */
export function fuzzArtifactsOn(driver: ArtifactDriver): FuzzedStore {
  return new FuzzedArtifacts(new ArtifactStore(driver))
}

/** Calls an artifact store for owners with similar names, beside a list of all that it holds. */
class FuzzedArtifacts implements FuzzedStore {
  readonly #store: ArtifactStore
  #held: readonly Held[] = []
  #puts = 0

  constructor(store: ArtifactStore) {
    this.#store = store
  }

  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [8, (of) => this.#put(of)],
      [3, (of) => this.#get(of)],
      [3, (of) => this.#getRef(of)],
      [2, (of) => this.#getRefs(of)],
      [4, (of) => this.#delete(of)],
      [5, (of) => this.#list(of)],
      [1, (of) => this.#deleteAll(of)],
      [3, (of) => this.#directory(of)],
    ])(choice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close()
  }

  #put(choice: Choice): FuzzedCall {
    const place = this.#choosePlace(choice)
    this.#puts += 1
    const filename = `put ${this.#puts}`
    const there = this.#at(place)
    if (there === undefined) this.#held = [...this.#held, { ...place, filename }]
    const { owner, namespace, text } = place
    return {
      name: 'putText',
      call: async () =>
        shown(await this.#store.putText(scopeOf(owner), text, { namespace, filename })),
      expected: expectedOf(there ?? { ...place, filename }),
    }
  }

  #get(choice: Choice): FuzzedCall {
    const place = this.#choosePlace(choice)
    return {
      name: 'getText',
      call: () => this.#store.getText(scopeOf(place.owner), idOf(place)),
      expected: this.#at(place)?.text,
    }
  }

  #getRef(choice: Choice): FuzzedCall {
    const place = this.#choosePlace(choice)
    return {
      name: 'getRef',
      call: async () => shown(await this.#store.getRef(scopeOf(place.owner), idOf(place))),
      expected: expectedOf(this.#at(place)),
    }
  }

  #getRefs(choice: Choice): FuzzedCall {
    const { owner } = this.#choosePlace(choice)
    const places = NAMESPACES.flatMap((namespace) =>
      TEXTS.map((text) => ({ owner, namespace, text })),
    )
    return {
      name: 'getRefs',
      call: async () => (await this.#store.getRefs(scopeOf(owner), places.map(idOf))).map(shown),
      expected: places.map((place) => expectedOf(this.#at(place))),
    }
  }

  #delete(choice: Choice): FuzzedCall {
    const place = this.#choosePlace(choice)
    const isThere = this.#remove((each) => isAt(each, place)) > 0
    return {
      name: 'delete',
      call: () => this.#store.delete(scopeOf(place.owner), idOf(place)),
      expected: isThere,
    }
  }

  #list(choice: Choice): FuzzedCall {
    const { owner } = this.#choosePlace(choice)
    const level = choice.of(LEVELS)
    const { filter, selects } = filterOf(owner, level)
    const within = this.#held.filter((each) => selects(each.owner))
    const [from, to] = [choice.maybe(within), choice.maybe(within)].map((each) =>
      choice.below(2) === 0 ? undefined : each,
    )
    const order = choice.of(['ascending', 'descending'] as const)
    const limit = choice.below(10)
    const options: ArtifactListOptions = {
      ...(from === undefined ? {} : { from: nameOf(from) }),
      ...(to === undefined ? {} : { to: nameOf(to) }),
      ...{ order, limit, pageSize: 1 + choice.below(4) },
    }
    const all = within
      .filter((each) => from === undefined || compareHeld(each, from) >= 0)
      .filter((each) => to === undefined || compareHeld(each, to) < 0)
      .toSorted(compareHeld)
    const page = (order === 'ascending' ? all : all.toReversed()).slice(0, limit)
    return {
      name: `list of ${level}`,
      call: async () => (await collect(this.#store.list(filter, options))).map(shown),
      expected: page.map(expectedOf),
    }
  }

  #deleteAll(choice: Choice): FuzzedCall {
    // Mostly narrow ones, so that something is left.
    const level = choice.of(['run', 'session', 'session', 'session', 'user', 'tenant'] as const)
    const { subtree, holds } = chooseSubtree(choice, level)
    // Artifacts belong to tasks, and to no run.
    const deleted = level === 'run' ? 0 : this.#remove(({ owner }) => holds(owner))
    return {
      name: `deleteAll of a ${level}`,
      call: () => this.#store.deleteAll(subtree),
      expected: { deleted, remaining: 0 },
    }
  }

  #directory(choice: Choice): FuzzedCall {
    const level = choice.of(['tenant', 'user', 'session'] as const)
    const { holds, walk } = this.#walkOf(choice, level, { pageSize: 1 + choice.below(4) })
    const owners = this.#held.map(({ owner }) => owner).filter(holds)
    return {
      name: `the directory of each ${level}`,
      call: async () =>
        (await collect<Omit<Parts, 'runId'>>(walk())).map(({ tenantId, userId, sessionId }) => {
          return { tenantId, userId, sessionId, runId: '' }
        }),
      expected: distinctOwners(owners, level),
    }
  }

  #walkOf(choice: Choice, level: 'tenant' | 'user' | 'session', options: { pageSize: number }) {
    if (level === 'tenant') {
      return { holds: () => true, walk: () => this.#store.tenants(maintenance, options) }
    }
    if (level === 'user') {
      const { subtree, holds } = chooseSubtree(choice, 'tenant')
      return { holds, walk: () => this.#store.users(subtree, options) }
    }
    const { subtree, holds } = chooseSubtree(choice, choice.of(['user', 'tenant'] as const))
    return { holds, walk: () => this.#store.sessions(subtree, options) }
  }

  /** Chooses an artifact: mostly one that is there, or that differs from one by a part. */
  #choosePlace(choice: Choice): Place {
    const held = choice.maybe(this.#held)
    if (held === undefined || choice.below(3) === 0) {
      const namespace = choice.of(NAMESPACES)
      return { owner: chooseOwner(choice), namespace, text: choice.of(TEXTS) }
    }
    const { owner, namespace, text } = held
    if (choice.below(2) === 0) return { owner, namespace, text }
    return { owner: chooseNeighbor(choice, owner), namespace, text }
  }

  #at(place: Place): Held | undefined {
    return this.#held.find((each) => isAt(each, place))
  }

  #remove(isRemoved: (held: Held) => boolean): number {
    const before = this.#held.length
    this.#held = this.#held.filter((each) => !isRemoved(each))
    return before - this.#held.length
  }
}

/** Returns the scope of an owner, as a caller passes it. */
function scopeOf(owner: Parts): ArtifactScope {
  const { tenantId, userId, sessionId, runId: taskId } = owner
  return sessionId === '' ? ownerOf(owner) : { tenantId, userId, sessionId, taskId }
}

function idOf({ namespace, text }: Place): string {
  return `${namespace}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}

function nameOf(place: Place) {
  return { scope: scopeOf(place.owner), id: idOf(place) }
}

function compareHeld(left: Place, right: Place): number {
  const [one, other] = [left, right].map((place) => {
    const { runId: taskId, ...session } = place.owner
    return { scope: { ...session, taskId }, namespace: place.namespace, id: idOf(place) }
  })
  return one && other ? compareRefs(one, other) : 0
}

function isAt(left: Place, right: Place): boolean {
  return (
    left.namespace === right.namespace &&
    left.text === right.text &&
    hasParts(left.owner, right.owner)
  )
}

/** Returns the filter of a list around an owner, and a function that returns what it selects. */
function filterOf(owner: Parts, level: (typeof LEVELS)[number]) {
  const { tenantId, userId, sessionId } = owner
  if (level === 'scope' || (level !== 'all' && sessionId === '')) {
    return { filter: scopeOf(owner), selects: (other: Parts) => hasParts(other, owner) }
  }
  const named = [{}, { tenantId }, { tenantId, userId }, { tenantId, userId, sessionId }]
  const parts: Partial<Parts> = named[LEVELS.indexOf(level)] ?? {}
  const selects = (other: Parts): boolean =>
    Object.entries(parts).every(([part, name]) => Reflect.get(other, part) === name)
  return { filter: { ...maintenance, ...parts }, selects }
}

/** Returns what is compared of a ref that a store returned. */
function shown(ref: ArtifactRef | undefined) {
  if (ref === undefined) return undefined
  const { tenantId, userId, sessionId, taskId } = ref.scope
  return { owner: { tenantId, userId, sessionId, runId: taskId }, id: ref.id, name: ref.filename }
}

/** Returns what {@link shown} has to return. */
function expectedOf(held: Held | undefined) {
  return held && { owner: held.owner, id: idOf(held), name: held.filename }
}
