import { AsyncLocalStorage } from 'node:async_hooks'

import type { RunnableConfig } from '@langchain/core/runnables'
import type { UserOwner } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import {
  uuid6,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint'

import { HarborageSaver } from '../../src/saver/harborage-saver.ts'
import type { Choice } from '@harborage/test-kit/choice'
import type { CallSource, FuzzedCall } from '@harborage/test-kit/isolation/fuzzed-call'
import {
  chooseClaim,
  markOf,
  owners,
  users,
  type Owning,
} from '@harborage/test-kit/isolation/owners'

// Ids that look like names of owners, or cannot be names of sessions.
const THREADS = ['t', 'acme', 'ann', 'ann2', '%', 'a\0', '\ud800', 'x'.repeat(300), '__proto__']
const NAMESPACES = ['', 'ann', 'sub|ann2', '/', 'x'.repeat(600)]

/** A value above what a checkpoint holds itself. */
const LARGE = 'x'.repeat(10_000)

interface Held {
  readonly thread: string
  readonly namespace: string
  readonly id: string
  readonly value: string
  /** A large value that all checkpoints of an owner have. */
  readonly base: string
  readonly mark: string
  readonly writes: ReadonlyMap<string, string>
}

/** Calls LangGraph's savers for users with similar names, beside a list of what each has put. */
export class ThreadCalls implements CallSource {
  readonly owners: readonly UserOwner[] = users
  readonly #request = new AsyncLocalStorage<Owning>()
  readonly #savers: ReadonlyMap<Owning, readonly HarborageSaver[]>
  readonly #held = new Map<Owning, readonly Held[]>()
  /** The threads that an owner has deleted: no older checkpoint can be put there again. */
  readonly #deleted = new Map<Owning, ReadonlySet<string>>()
  #calls = 0

  constructor(state: StateStore) {
    const missing = { tenantId: '', userId: '' }
    const shared = new HarborageSaver({ state, owner: () => this.#request.getStore() ?? missing })
    const other = new HarborageSaver({ state, owner: { tenantId: 'other', userId: 'other' } })
    this.#savers = new Map(
      users.map((owner) => [
        owner,
        [new HarborageSaver({ state, owner }), other.forOwner(owner), shared],
      ]),
    )
  }

  nextCall(owner: Owning, choice: Choice): FuzzedCall {
    this.#calls += 1
    const saver = choice.of(this.#savers.get(owner) ?? [])
    const made = this.#chooseCall(saver, owner, choice)
    return { ...made, call: () => this.#request.run(owner, made.call) }
  }

  #chooseCall(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const kind = choice.below(12)
    if (kind < 4) return this.#put(saver, owner, choice)
    if (kind < 6) return this.#putWrites(saver, owner, choice)
    if (kind < 9) return this.#getTuple(saver, owner, choice)
    return kind < 11 ? this.#list(saver, owner, choice) : this.#deleteThread(saver, owner, choice)
  }

  /** Begins a thread, or continues its newest checkpoint, with a value that stays as it is. */
  #put(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const place = choosePlace(choice)
    const parent = choice.below(3) === 0 ? undefined : this.#newest(owner, place)
    const id = this.#chooseId(owner, place, choice)
    const held = {
      ...{ ...place, id, mark: markOf(owner), writes: new Map<string, string>() },
      value: `${this.#calls} of ${markOf(owner)}`,
      base: markOf(owner) + LARGE,
    }
    this.#held.set(owner, [...this.#of(owner), held])
    const named = parent === undefined ? {} : { checkpoint_id: parent.id }
    const { thread: thread_id, namespace: checkpoint_ns } = place
    const config = configOf(choice, { thread_id, checkpoint_ns, ...named })
    const versions = { value: `2.${this.#calls}`, base: '1.1' }
    const checkpoint = checkpointOf(held, versions)
    const newVersions = parent === undefined ? versions : { value: versions.value }
    return {
      name: 'put',
      call: async () => {
        const put = await saver.put(config, checkpoint, metadataOf(owner), newVersions)
        return configured(put, 'checkpoint_id')
      },
      expected: id,
    }
  }

  /** Chooses the id of a checkpoint: a new one, or one that others have in the same place. */
  #chooseId(owner: Owning, place: ThreadPlace, choice: Choice): string {
    const others = users.flatMap((user) => this.#of(user)).filter((held) => isAt(held, place))
    const used = choice.maybe(others)?.id
    const newest = this.#newest(owner, place)?.id ?? ''
    const isUsable =
      used !== undefined && used > newest && this.#deleted.get(owner)?.has(place.thread) !== true
    return isUsable && choice.below(2) === 0 ? used : uuid6(this.#calls)
  }

  #newest(owner: Owning, place: ThreadPlace): Held | undefined {
    return this.#of(owner)
      .filter((held) => isAt(held, place))
      .toSorted(byId)
      .at(-1)
  }

  #putWrites(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const held = choice.maybe(this.#of(owner))
    if (held === undefined) return this.#put(saver, owner, choice)
    const task = choice.of(['task 1', 'task 2'])
    const value = `${this.#calls} of ${markOf(owner)}`
    const writes = new Map([[task, value], ...held.writes])
    this.#held.set(
      owner,
      this.#of(owner).map((each) => (each === held ? { ...held, writes } : each)),
    )
    const { thread: thread_id, namespace: checkpoint_ns, id: checkpoint_id } = held
    const config = configOf(choice, { thread_id, checkpoint_ns, checkpoint_id })
    return {
      name: 'putWrites',
      call: () => saver.putWrites(config, [['value', value]], task),
      expected: undefined,
    }
  }

  /** Reads the newest checkpoint, or one that this owner or another one has. */
  #getTuple(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const place = choosePlace(choice)
    const named = choice.maybe([...this.#of(choice.of(users)), undefined])
    const { thread: thread_id, namespace: checkpoint_ns } = named ?? place
    const id = named === undefined ? {} : { checkpoint_id: named.id }
    const there = this.#of(owner)
      .filter((held) => isAt(held, named ?? place))
      .toSorted(byId)
    const found = named === undefined ? there.at(-1) : there.find((held) => held.id === named.id)
    return {
      name: 'getTuple',
      call: async () => {
        const config = configOf(choice, { thread_id, checkpoint_ns, ...id })
        return shown(await saver.getTuple(config))
      },
      expected: found && expectedOf(found),
    }
  }

  #list(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const { thread, namespace } = choosePlace(choice)
    const asked = choice.below(3)
    const mark = choice.maybe([markOf(owner), markOf(choice.of(owners)), undefined])
    const found = this.#of(owner).filter(
      (held) =>
        (asked === 0 || held.thread === thread) &&
        (asked < 2 || held.namespace === namespace) &&
        (mark === undefined || mark === markOf(owner)),
    )
    const config = configOf(choice, {
      ...(asked === 0 ? {} : { thread_id: thread }),
      ...(asked < 2 ? {} : { checkpoint_ns: namespace }),
    })
    return {
      name: 'list',
      call: async () => {
        const tuples: unknown[] = []
        const options = mark === undefined ? {} : { filter: { mark } }
        for await (const tuple of saver.list(config, options)) tuples.push(shown(tuple))
        return tuples.toSorted(byText)
      },
      expected: found.map(expectedOf).toSorted(byText),
    }
  }

  #deleteThread(saver: HarborageSaver, owner: Owning, choice: Choice): FuzzedCall {
    const { thread } = choosePlace(choice)
    this.#held.set(
      owner,
      this.#of(owner).filter((held) => held.thread !== thread),
    )
    this.#deleted.set(owner, new Set([...(this.#deleted.get(owner) ?? []), thread]))
    return {
      name: 'deleteThread',
      call: () => saver.deleteThread(thread),
      expected: undefined,
    }
  }

  #of(owner: Owning): readonly Held[] {
    return this.#held.get(owner) ?? []
  }
}

type ThreadPlace = Pick<Held, 'thread' | 'namespace'>

/** Chooses a place, which other owners mostly have as well. */
function choosePlace(choice: Choice): ThreadPlace {
  return { thread: choice.of(THREADS), namespace: choice.of(NAMESPACES) }
}

/** Returns a configuration that also claims to be of another owner. */
function configOf(choice: Choice, named: Readonly<Record<string, unknown>>): RunnableConfig {
  const claim = chooseClaim(choice)
  return { configurable: { ...claim, ...named }, metadata: { ...claim } }
}

function checkpointOf({ id, value, base }: Held, versions: Record<string, string>): Checkpoint {
  return {
    v: 4,
    id,
    ts: '2026-01-01T00:00:00.000Z',
    channel_values: { value, base },
    channel_versions: versions,
    versions_seen: {},
  }
}

function metadataOf(owner: Owning): CheckpointMetadata<{ mark: string }> {
  return { source: 'loop', step: 1, parents: {}, mark: markOf(owner) }
}

function isAt(held: Held, { thread, namespace }: ThreadPlace): boolean {
  return held.thread === thread && held.namespace === namespace
}

function byId(left: Held, right: Held): number {
  return left.id < right.id ? -1 : 1
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1
}

/** Returns what {@link shown} has to return. */
function expectedOf({ writes, ...held }: Held): unknown {
  return { ...held, writes: [...writes].toSorted(byText) }
}

/** Returns what is compared of a checkpoint that a saver returned. */
function shown(tuple: CheckpointTuple | undefined): unknown {
  if (tuple === undefined) return undefined
  const { config, checkpoint, metadata, pendingWrites = [] } = tuple
  return {
    thread: configured(config, 'thread_id'),
    namespace: configured(config, 'checkpoint_ns'),
    id: configured(config, 'checkpoint_id'),
    value: checkpoint.channel_values['value'],
    base: checkpoint.channel_values['base'],
    mark: metadata && 'mark' in metadata ? metadata.mark : undefined,
    writes: pendingWrites.map(([task, , value]) => [task, value]).toSorted(byText),
  }
}

function configured({ configurable }: RunnableConfig, name: string): unknown {
  return configurable?.[name]
}
