import {
  HarborageError,
  type CallOptions,
  type DumpOptions,
  type LoadedDump,
  type MaintenanceScope,
  type PruneResult,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import {
  checkDumped,
  checkMaintenanceScope,
  checkSignal,
  loadedDump,
  walkDump,
  type CallGate,
} from '@harborage/core/kit'
import {
  checkCollection,
  checkDumpedPassages,
  checkPassagePlace,
  checkPassages,
  checkSearch,
  searchNames,
} from './internal/check-passages.ts'
import { digestPassages } from './internal/digest-passages.ts'
import { dumpEach } from './internal/dump-each.ts'
import { movePassages, sizeOfPassages } from './internal/dumped-passages.ts'
import { MemoryCalls, type CallDependencies } from './internal/memory-calls.ts'
import { checkPassagesPrune, prunePassages } from './internal/prune-passages.ts'
import type { MemoryDriver } from './memory-driver.ts'
import type { PassageDriver, PassagePlace, PassageSearch } from './passage-driver.ts'
import type { DumpedPassages, FoundPassage, NewPassage, SearchOptions } from './passage.ts'
import type { PassagesPruneOptions } from './prune-options.ts'

/**
 * The passages of a `MemoryStore`, which are found by their words: what sessions of a user said,
 * such as the messages of past conversations. A collection is a name of your own for those that
 * are searched together. The strategy of the store does not matter.
 *
 * A word is a row of letters, marks and digits; upper and lower case are the same, and so are forms
 * that Unicode calls compatible. Of Chinese and Japanese each character is a word. A query is words
 * and nothing else: it has no syntax.
 *
 * In addition to the codes that they name, all methods may fail with `store_closed`,
 * `identity_required`, `invalid_identity`, `invalid_record`, `store_unavailable`, and with
 * `invalid_config` if the driver keeps no passages.
 */
export class Passages {
  readonly #driver: MemoryDriver
  readonly #gate: CallGate
  readonly #calls: MemoryCalls

  /** @internal */
  constructor(dependencies: CallDependencies) {
    this.#driver = dependencies.driver
    this.#gate = dependencies.gate
    this.#calls = new MemoryCalls(dependencies)
  }

  /**
   * Replaces all passages of a collection of a session or a run in one atomic step, so that it is
   * safe to repeat. They are durable when the call resolves. `MemoryStore.deleteAll` deletes them
   * with the session, the user or the tenant.
   *
   * @param collection What they are searched by: 1 to 1,024 UTF-8 bytes.
   * @param passages At most 10,000, of at most 16 MiB with their texts in all. Without any, the
   * collection of the session is empty. Those that stay the same are not written again.
   * @throws `outcome_unknown` if the answer of the database was lost.
   *
   * @example
   * ```ts
   * import { allOfUser, createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const user = { tenantId: 'acme', userId: 'ann' }
   * const text = 'The lamp is on the shelf.'
   * const passage = { text, bytes: new TextEncoder().encode(text) }
   * await memory.passages.replace({ ...user, sessionId: 's1' }, 'messages', [passage])
   * const found = await memory.passages.search(allOfUser(user), 'messages', 'Where is my lamp?')
   * found.length // 1
   * ```
   */
  replace(
    identity: RunIdentity,
    collection: string,
    passages: readonly NewPassage[],
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.call('passages.replace', identity, options, (owner) => {
      const place = { identity: owner, collection: checkCollection(collection) }
      const checked = checkPassages(passages)
      return async () => {
        const driver = this.#passages()
        await driver.replace(await digestPassages(place, checked))
      }
    })
  }

  /**
   * Resolves to the passages of a collection that have at least one of the words: those with most
   * of them first, and of these the newest. It searches one user, one of the user's sessions or one
   * run, by an index. Of more than 1,000 with one of the words, the newest 1,000 are compared.
   *
   * @param subtree Made by `allOfUser`, `allOfSession` or `allOfRun`.
   * @param words Any text. The first 32 words of its first 4,096 characters are looked for. Without
   * a word, nothing is found.
   * @throws `subtree_required` if it is something else, such as an identity.
   */
  search(
    subtree: PassageSearch['subtree'],
    collection: string,
    words: string,
    options?: SearchOptions,
  ): Promise<readonly FoundPassage[]> {
    return this.#gate.call(
      'passages.search',
      () => ({
        search: checkSearch(subtree, collection, words, options),
        signal: checkSignal(options, searchNames),
      }),
      async ({ search }) => (search.words.length === 0 ? [] : this.#passages().search(search)),
    )
  }

  /**
   * Removes collections of sessions and runs that are old, or that are not among the newest of
   * their user, by the date of their newest passage (`createdAt`). It walks over all collections of
   * the subtree in batches of up to 1,000, and removes each as a whole, in one atomic step. One
   * that has a newer passage by then stays. Conversations stay: `MemoryStore.prune` removes them.
   *
   * If the call fails or is canceled, what was removed stays removed: call it again, or go on after
   * the `last` place of a progress.
   *
   * @param subtree Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`.
   * @throws `subtree_required` if it is something else, such as an identity; `invalid_record` if
   * the options name nothing to remove.
   *
   * @example
   * ```ts
   * import { allOfTenant, createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const olderThan = new Date(Date.now() - 365 * 86_400_000)
   * await memory.passages.prune(allOfTenant({ tenantId: 'acme' }), { olderThan })
   * ```
   */
  prune(subtree: Subtree, options?: PassagesPruneOptions): Promise<PruneResult> {
    return this.#gate.call(
      'passages.prune',
      () => checkPassagesPrune(subtree, options),
      (checked) => prunePassages(this.#passages(), checked),
    )
  }

  /**
   * Returns an async iterable over the passages of all collections, for {@link loadDump} of another
   * store: `MemoryStore.dump` has conversations only. They are ordered by tenant, user, session,
   * run and collection, each by its UTF-8 bytes. Each collection of a session or a run is held in
   * memory as a whole. What is changed meanwhile may be from before or after the change.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it.
   *
   * @example
   * ```ts
   * import { createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using from = await openMemoryStore({ bus: createEventBus() })
   * await using to = await openMemoryStore({ bus: createEventBus() })
   * const scope = { maintenanceScoped: true } as const
   * for await (const each of from.passages.dump(scope)) await to.passages.loadDump(scope, [each])
   * ```
   */
  dump(
    scope: MaintenanceScope,
    options?: DumpOptions<PassagePlace>,
  ): AsyncIterable<DumpedPassages> {
    return walkDump<DumpedPassages, PassagePlace>(this.#gate, scope, options, {
      checkPlace: checkPassagePlace,
      beforeAllOf: (identity) => ({ identity, collection: '' }),
      ownerOf: ({ identity }) => identity,
      placeOf: ({ identity, collection }) => ({ identity: { ...identity }, collection }),
      bytesOf: sizeOfPassages,
      handOut: movePassages,
      fetchPage: (after, limit, isInside) =>
        dumpEach({
          ...{ after, limit, isInside, sizeOf: sizeOfPassages },
          placesPage: (last, count) => this.#passages().collectionsPage(last, count),
          dump: (place) => this.#passages().dump(place),
        }),
    })
  }

  /**
   * Loads up to 1,000 collections of a {@link dump} of this or another store, each in one step.
   * They are found by the words of where they come from, also under another tenant, user or
   * collection. One that is there already with the same passages is left as it is: repeat the call
   * after a failure.
   *
   * @param scope `{ maintenanceScoped: true }`, which says that the call crosses identities on
   * purpose.
   * @throws `maintenance_scope_required` without it; `dump_conflict` if there are other passages,
   * and `invalid_record` if some are malformed. The first of these names the collection as its
   * `entry`.
   */
  loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedPassages[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    return this.#gate.call(
      'passages.loadDump',
      () => {
        checkMaintenanceScope(scope)
        const checked = checkDumped(records, checkDumpedPassages)
        return { checked, signal: checkSignal(options) }
      },
      async ({ checked }) =>
        loadedDump(
          await Promise.all(checked.map((each) => this.#passages().load(movePassages(each)))),
        ),
    )
  }

  #passages(): PassageDriver {
    const { passages } = this.#driver
    if (passages !== undefined) return passages
    throw new HarborageError(
      'invalid_config',
      'the driver of the memory store keeps no passages: use one that does',
    )
  }
}
