import { parseEventId, type Database, type EventId, type SubtreeLevel } from '@harborage/core'
import { openJournalStore, type JournalStore, type NewEntry } from '@harborage/journal'
import type { Choice } from '@harborage/test-kit/choice'
import { collect } from '@harborage/test-kit/collect'

import type { FuzzedCall, FuzzedStore } from './fuzzed-store.ts'
import {
  chooseNeighbor,
  chooseOwner,
  chooseSubtree,
  compareBytes,
  distinctOwners,
  hasParts,
  ownerOf,
  partsOf,
  type Parts,
} from './owners.ts'

// Similar names, so that an inexact comparison confuses them.
const STREAMS = ['log', 'LOG', 'log%', 'log/a'] as const

const maintenance = { maintenanceScoped: true } as const

/** Opens a journal store with what fuzzes it. */
export async function openFuzzedJournal(database?: Database): Promise<FuzzedStore> {
  return new FuzzedJournal(await openJournalStore(database === undefined ? {} : { database }))
}

interface Held {
  readonly id: EventId
  readonly text: string
  readonly position: number
  readonly isDropped: boolean
}

/** A stream as it has to be. */
interface HeldStream {
  readonly owner: Parts
  readonly stream: string
  readonly first: number
  readonly position: number
  readonly entries: readonly Held[]
}

/** Calls a journal store for owners with similar names, beside a list of all streams. */
class FuzzedJournal implements FuzzedStore {
  readonly #store: JournalStore
  #held: readonly HeldStream[] = []
  #appended = 0

  constructor(store: JournalStore) {
    this.#store = store
  }

  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [14, (of) => this.#append(of)],
      [4, (of) => this.#retry(of)],
      [6, (of) => this.#read(of)],
      [3, (of) => this.#get(of)],
      [3, (of) => this.#replace(of)],
      [2, (of) => this.#trim(of)],
      [2, (of) => this.#delete(of)],
      [2, (of) => this.#deleteAll(of)],
      [3, (of) => this.#streams(of)],
      [3, (of) => this.#directory(of)],
    ])(choice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close()
  }

  #append(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const found = this.#at(owner, stream)
    const count = 1 + choice.below(2)
    const ids = Array.from({ length: count }, () => this.#nextId())
    // The id of an entry of another stream is as good as a new one.
    const other = choice.maybe(this.#held.filter((each) => each !== found))
    const used = choice.maybe(other?.entries ?? [])
    if (used !== undefined && found?.entries.every(({ id }) => id !== used.id) !== false) {
      ids.push(used.id)
    }
    const position = found?.position ?? 0
    const isConditional = choice.below(3) === 0
    const added = ids.map((id, index) => held(id, owner, stream, position + 1 + index))
    this.#put({
      owner,
      stream,
      first: found?.first ?? 1,
      position: position + added.length,
      entries: [...(found?.entries ?? []), ...added],
    })
    const options = isConditional ? { ifPosition: position } : {}
    return {
      name: 'append',
      call: async () => {
        const entries = added.map(entryOf)
        const result = await this.#store.append(ownerOf(owner), stream, entries, options)
        return [result.head.position, result.entries.map((each) => each.position)]
      },
      expected: [position + added.length, added.map((each) => each.position)],
    }
  }

  #retry(choice: Choice): FuzzedCall {
    const found = choice.maybe(this.#held)
    const entry = choice.maybe(found?.entries ?? [])
    if (found === undefined || entry === undefined) return this.#read(choice)
    return {
      name: 'a repeated append',
      call: async () => {
        const { owner, stream } = found
        const result = await this.#store.append(ownerOf(owner), stream, [entryOf(entry)])
        return result.entries
      },
      expected: [
        { position: entry.position, outcome: entry.isDropped ? 'superseded' : 'unchanged' },
      ],
    }
  }

  #read(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const pageSize = 1 + choice.below(4)
    const order = choice.of(['ascending', 'descending'] as const)
    const texts = textsOf(this.#at(owner, stream))
    return {
      name: 'read',
      call: async () => {
        const walk = this.#store.read(ownerOf(owner), stream, { pageSize, order })
        return (await collect(walk)).map(({ bytes }) => Buffer.from(bytes).toString())
      },
      expected: order === 'ascending' ? texts : texts.toReversed(),
    }
  }

  #get(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const from = choice.maybe(this.#held)
    const entry = choice.maybe(from?.entries ?? [])
    const id = entry?.id ?? parseEventId('none')
    const own = this.#at(owner, stream)?.entries.find((each) => each.id === id && !each.isDropped)
    return {
      name: 'get',
      call: async () => {
        const [found] = await this.#store.get(ownerOf(owner), stream, [id])
        return found && Buffer.from(found.bytes).toString()
      },
      expected: own?.text,
    }
  }

  #replace(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const found = this.#at(owner, stream)
    const position = found?.position ?? 0
    const after = Math.max(0, position - choice.below(4))
    const added = held(this.#nextId(), owner, stream, position + 2)
    const kept = (found?.entries ?? []).map((each) => dropped(each, each.position > after))
    const operationId = this.#nextId()
    this.#put({
      owner,
      stream,
      first: found?.first ?? 1,
      position: position + 2,
      entries: [...kept, added],
    })
    return {
      name: 'replaceAfter',
      call: async () => {
        const head = await this.#store.replaceAfter({
          owner: ownerOf(owner),
          stream,
          position: after,
          entries: [entryOf(added)],
          operationId,
          ifPosition: position,
        })
        return [head.position, head.length]
      },
      expected: [position + 2, [...kept, added].filter(({ isDropped }) => !isDropped).length],
    }
  }

  #trim(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const found = this.#at(owner, stream)
    const before = Math.max(0, (found?.position ?? 0) - choice.below(4))
    const gone = (each: Held): boolean => each.position < before && !each.isDropped
    const count = found?.entries.filter(gone).length ?? 0
    if (found !== undefined) {
      this.#put({
        ...found,
        first: Math.max(found.first, before),
        entries: found.entries.map((each) => dropped(each, each.position < before)),
      })
    }
    return {
      name: 'trim',
      call: () => this.#store.trim(ownerOf(owner), stream, { before }),
      expected: count,
    }
  }

  #delete(choice: Choice): FuzzedCall {
    const { owner, stream } = this.#choose(choice)
    const isThere = this.#remove((each) => hasParts(each.owner, owner) && each.stream === stream)
    return {
      name: 'delete',
      call: () => this.#store.delete(ownerOf(owner), stream),
      expected: isThere > 0,
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

  #streams(choice: Choice): FuzzedCall {
    const level = choice.of(['owner', 'run', 'session', 'user', 'tenant'] as const)
    const prefix = choice.of(['', 'log', 'LOG', 'log%'] as const)
    const order = choice.of(['name', 'recent'] as const)
    const options = { pageSize: 1 + choice.below(4), prefix, order }
    const owner = chooseOwner(choice)
    const root =
      level === 'owner'
        ? { subtree: ownerOf(owner), holds: (each: Parts) => hasParts(each, owner) }
        : chooseSubtree<SubtreeLevel>(choice, level)
    const expected = this.#held.filter(
      (each) => root.holds(each.owner) && each.stream.startsWith(prefix),
    )
    return {
      name: `streams of a ${level} by ${order}`,
      call: async () =>
        (await collect(this.#store.streams(root.subtree, options)))
          .map((each) => placeOf(partsOf(each.owner), each.stream, each.head.position))
          .toSorted(compareBytes),
      expected: expected
        .map((each) => placeOf(each.owner, each.stream, each.position))
        .toSorted(compareBytes),
    }
  }

  #directory(choice: Choice): FuzzedCall {
    const level = choice.of(['tenant', 'user', 'session', 'run'] as const)
    const { holds, walk } = this.#walkOf(choice, level)
    const owners = this.#held.map(({ owner }) => owner).filter(holds)
    return {
      name: `the directory of each ${level}`,
      call: async () => (await collect(walk())).map(partsOf),
      expected: distinctOwners(owners, level),
    }
  }

  #walkOf(choice: Choice, level: SubtreeLevel) {
    const store = this.#store
    const options = { pageSize: 1 + choice.below(4) }
    if (level === 'tenant') {
      return { holds: () => true, walk: () => store.tenants(maintenance, options) }
    }
    if (level === 'user') {
      const { subtree, holds } = chooseSubtree(choice, 'tenant')
      return { holds, walk: () => store.users(subtree, options) }
    }
    if (level === 'session') {
      const { subtree, holds } = chooseSubtree(choice, choice.of(['user', 'tenant'] as const))
      return { holds, walk: () => store.sessions(subtree, options) }
    }
    const { subtree, holds } = chooseSubtree(choice, 'session')
    const { tenantId, userId, sessionId } = subtree
    return { holds, walk: () => store.runs({ tenantId, userId, sessionId }, options) }
  }

  /** Chooses a stream, mostly one that is held or differs from one by a part of its owner. */
  #choose(choice: Choice): { owner: Parts; stream: string } {
    const known = choice.below(3) === 0 ? undefined : choice.maybe(this.#held)
    if (known === undefined) return { owner: chooseOwner(choice), stream: choice.of(STREAMS) }
    const { owner, stream } = known
    return { owner: choice.below(3) === 0 ? chooseNeighbor(choice, owner) : owner, stream }
  }

  #nextId(): EventId {
    this.#appended += 1
    return parseEventId(`entry ${this.#appended}`)
  }

  #at(owner: Parts, stream: string): HeldStream | undefined {
    return this.#held.find((each) => hasParts(each.owner, owner) && each.stream === stream)
  }

  #put(next: HeldStream): void {
    this.#remove((each) => hasParts(each.owner, next.owner) && each.stream === next.stream)
    this.#held = [...this.#held, next]
  }

  #remove(isRemoved: (stream: HeldStream) => boolean): number {
    const before = this.#held.length
    this.#held = this.#held.filter((each) => !isRemoved(each))
    return before - this.#held.length
  }
}

function held(id: EventId, owner: Parts, stream: string, position: number): Held {
  const text = `${id} of ${Object.values(owner).join('/')}/${stream}`
  return { id, text, position, isDropped: false }
}

function dropped(each: Held, isDropped: boolean): Held {
  return isDropped ? { ...each, isDropped } : each
}

function entryOf({ id, text }: Held): NewEntry {
  return { entryId: id, bytes: Buffer.from(text) }
}

function textsOf(stream: HeldStream | undefined): readonly string[] {
  return (stream?.entries ?? []).filter(({ isDropped }) => !isDropped).map(({ text }) => text)
}

function placeOf(owner: Parts, stream: string, position: number): string {
  return JSON.stringify([...Object.values(owner), stream, position])
}
