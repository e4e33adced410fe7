import type { CallOptions } from '@harborage/core'
import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type MatchCondition,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from '@langchain/langgraph-checkpoint'

import { bindOwner, type OwnerOption } from '@harborage/core/adapter'
import { StateCalls } from '../state-calls.ts'
import { stateAt } from '../state-source.ts'
import { changesOf } from './changes-of.ts'
import { checkNamespace } from './check-namespace.ts'
import { checkOperations } from './check-operation.ts'
import { commitInPieces } from './commit-in-pieces.ts'
import { readOptions } from './method-options.ts'
import { readAnswers } from './read-answers.ts'
import './store-errors.ts'
import {
  checkStoreConnection,
  checkStoreOptions,
  type HarborageStoreOptions,
  type StoreConnectionOptions,
} from './store-options.ts'

/** Options of a put, among them one that is refused. */
interface PutOptions extends CallOptions {
  readonly ttl?: unknown
}

/** Options of {@link HarborageStore.search}. */
export interface StoreSearchOptions
  extends Pick<SearchOperation, 'filter' | 'limit' | 'offset' | 'query'>, CallOptions {}

/** Options of {@link HarborageStore.listNamespaces}. */
export interface ListNamespacesOptions
  extends Partial<Pick<ListNamespacesOperation, 'maxDepth' | 'limit' | 'offset'>>, CallOptions {
  /** The labels that a namespace begins with; `'*'` stands for any label. */
  readonly prefix?: string[] | undefined
  /** The labels that a namespace ends with; `'*'` stands for any label. */
  readonly suffix?: string[] | undefined
}

/**
 * The store of LangGraph on Harborage: items with a namespace and a key, which outlive threads. All
 * items are of one user or tenant, and no other owner's are ever reached. Make one with a state
 * store that is open, or by {@link HarborageStore.fromConnString}.
 *
 * Besides the errors that they name, all methods fail with `invalid_record` if an argument is
 * malformed, and as those of `StateStore` do. Of a namespace it is an InvalidNamespaceError of
 * LangGraph, too. All of them may be repeated: a put that is made twice differs in its `updatedAt`
 * only.
 *
 * @example
 * ```ts
 * import { HarborageStore } from '@harborage/langgraph'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * const store = new HarborageStore({ state, owner: { tenantId: 'acme', userId: 'ann' } })
 * await store.put(['memories'], 'drink', { text: 'prefers green tea', weight: 3 })
 * const found = await store.search(['memories'], { filter: { weight: { $gte: 2 } } })
 * found.map(({ key, value }) => [key, value.text]) // [['drink', 'prefers green tea']]
 * ```
 */
export class HarborageStore extends BaseStore implements AsyncDisposable {
  readonly #options: HarborageStoreOptions
  #calls: StateCalls
  readonly #owner: ReturnType<typeof bindOwner>

  /**
   * Makes a store on a state store that is open.
   *
   * @throws `identity_required` or `invalid_identity` if the owner is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageStoreOptions) {
    const { state, owner } = checkStoreOptions(options)
    super()
    this.#options = { ...options }
    this.#calls = StateCalls.on('HarborageStore', state)
    this.#owner = bindOwner(owner)
  }

  /**
   * Makes a store that opens its state store itself: by {@link setup}, or else at its first call.
   *
   * @param dsn Where the items are, such as `sqlite:./agent.db`, `postgres://user@host/name` or
   * `memory:`. A text without a scheme is the path of an SQLite file. The package of the engine has
   * to be imported first.
   * @throws `identity_required`, `invalid_identity` or `invalid_config` as the constructor. What is
   * wrong with the database is found when it is opened.
   */
  static fromConnString(dsn: string, options: StoreConnectionOptions): HarborageStore {
    const { driver, migrate, schema, ...settings } = checkStoreConnection(dsn, options)
    return new HarborageStore({ ...settings, state: stateAt(dsn, { driver, migrate, schema }) })
  }

  /**
   * Returns a store on the same state store for another owner. It can be used until this one is
   * ended, and need not be ended itself.
   *
   * @throws `identity_required` or `invalid_identity` as the constructor.
   */
  forOwner(owner: OwnerOption): HarborageStore {
    const store = new HarborageStore({ ...this.#options, owner })
    store.#calls = this.#calls.derived()
    return store
  }

  /**
   * Opens the state store and applies its migrations, unless it is open.
   *
   * @throws What `openStateStore` throws.
   */
  setup(): Promise<void> {
    return this.#calls.run(async () => {})
  }

  /**
   * Resolves once all calls that have begun are done, those of stores that {@link forOwner} made
   * among them, and closes the state store if this store opened it. Later calls fail with
   * `store_closed` then.
   */
  end(): Promise<void> {
    return this.#calls.end()
  }

  /** Opens the state store as {@link setup} does. */
  override start(): Promise<void> {
    return this.setup()
  }

  /** Closes the state store as {@link end} does. */
  override stop(): Promise<void> {
    return this.end()
  }

  /** Closes the state store as {@link end} does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  /**
   * Makes the operations of a batch, and resolves to their answers in their order.
   *
   * All gets, searches and lists see what was stored before the batch. Then its puts and deletes
   * are applied, in one commit if there are at most 1,000 of each: as a whole or not at all. More
   * are applied in pieces of 1,000. Of several for one item only the last one counts.
   *
   * @throws `search_index_required` if a search has a `query`; `ttl_not_supported` if a put has a
   * `ttl`; `value_too_large` if an item has more than 64 MiB. The `entry` of these and of
   * `invalid_record` names the operation, and nothing was read or written.
   */
  override async batch<Op extends Operation[]>(
    operations: Op,
    options?: CallOptions,
  ): Promise<OperationResults<Op>> {
    const owner = this.#owner()
    const call = readOptions(options, [])
    const { searchOrder = 'oldest-first' } = this.#options
    const checked = checkOperations(operations)
    const changing = changesOf(owner, checked)
    const answering = this.#calls.run(async (state): Promise<unknown> => {
      const changes = await changing
      const answers = await readAnswers({ state, owner, options: call }, checked, searchOrder)
      await commitInPieces(state, changes, call)
      return answers
    })
    const [answers] = await Promise.all([answering, changing])
    // Each answer has the type of its operation, which the compiler cannot follow.
    return answers as OperationResults<Op>
  }

  /**
   * Resolves to an item, or to `null` if there is none.
   *
   * @param namespace The namespace of the item.
   * @param key The key of the item.
   */
  override async get(
    namespace: string[],
    key: string,
    options?: CallOptions,
  ): Promise<Item | null> {
    const [item] = await this.batch<[GetOperation]>([{ namespace, key }], options)
    return item
  }

  /**
   * Stores an item, in place of what its name held. The value is captured when this is called.
   *
   * @param namespace At least one label. Labels are not empty, hold no period, colon or NUL, and
   * the first one is not `langgraph`.
   * @param key Any text. Different texts are different keys.
   * @param value An object or an array that is kept as JSON. Properties that are `undefined` are
   * left out, and what has a `toJSON`, such as a Date, is kept as what that returns.
   * @param index Has no effect, since there is no index yet.
   * @throws `invalid_record` if the value holds something else that JSON cannot represent;
   * `value_too_large` if it has more than 64 MiB as JSON;
   * `ttl_not_supported` if the options have a `ttl`, as those of PostgresStore.
   */
  override async put(
    namespace: string[],
    key: string,
    value: Item['value'],
    index?: PutOperation['index'],
    options?: CallOptions,
  ): Promise<void> {
    checkNamespace(namespace, {})
    const { signal, ...others } = readOptions<PutOptions>(options, ['ttl'])
    const operation = { namespace, key, value, options: others, ...(index && { index }) }
    await this.batch<[PutOperation]>([operation], signal && { signal })
  }

  /**
   * Deletes an item, if it exists.
   *
   * @param namespace The namespace of the item.
   * @param key The key of the item.
   */
  override async delete(namespace: string[], key: string, options?: CallOptions): Promise<void> {
    await this.batch<[PutOperation]>([{ namespace, key, value: null }], options)
  }

  /**
   * Resolves to a page of the items in a namespace and below it that meet the filter, by their
   * `createdAt` as the option `searchOrder` says. Items of one moment are ordered by namespace and
   * key.
   *
   * A field of the filter is met by an equal field of the value. Objects are compared by their
   * content, and an object of operators (`$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`)
   * is met if all of them are. Comparisons of size are those of numbers.
   *
   * The cost grows with the number of items below the namespace: all of their keys are read, and
   * with a filter as many values as it takes to fill the page.
   *
   * @param namespacePrefix `[]` stands for all namespaces.
   * @param options The `limit` is 10 by default, and the `offset` 0.
   * @throws `search_index_required` if there is a `query`.
   */
  override async search(
    namespacePrefix: string[],
    options?: StoreSearchOptions,
  ): Promise<SearchItem[]> {
    const { signal, ...asked } = readOptions(options, ['filter', 'limit', 'offset', 'query'])
    const operation = { namespacePrefix, ...asked }
    const [items] = await this.batch<[SearchOperation]>([operation], signal && { signal })
    return items
  }

  /**
   * Resolves to a page of the namespaces that hold items, cut to their first `maxDepth` labels,
   * each once. They are ordered by the bytes of their labels, joined by a slash. No value is read.
   * The cost grows with the number of namespaces, and not with that of their items.
   *
   * @param options The `limit` is 100 by default, and the `offset` 0.
   */
  override async listNamespaces(options?: ListNamespacesOptions): Promise<string[][]> {
    const names = ['prefix', 'suffix', 'maxDepth', 'limit', 'offset'] as const
    const asked = readOptions(options, names)
    const { prefix, suffix, limit = 100, offset = 0, signal, ...depth } = asked
    const matchConditions: MatchCondition[] = [
      ...(prefix ? [{ matchType: 'prefix' as const, path: prefix }] : []),
      ...(suffix ? [{ matchType: 'suffix' as const, path: suffix }] : []),
    ]
    const operation = { matchConditions, limit, offset, ...depth }
    const [found] = await this.batch<[ListNamespacesOperation]>([operation], signal && { signal })
    return found
  }
}
