import type { RunnableConfig } from '@langchain/core/runnables'
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type DeltaChannelHistory,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint'
import { HarborageError, type UserOwner } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { bindUser, readArguments, type UserOption } from '@harborage/core/adapter'
import { StateCalls } from '../state-calls.ts'
import { stateAt } from '../state-source.ts'
import { checkChannels, checkKeepLatest, checkPut, checkWrites } from './check-arguments.ts'
import { deleteThread } from './delete-thread.ts'
import { deltaHistory } from './delta-history.ts'
import { readsTogether } from './deserialize.ts'
import { findTuple } from './find-tuple.ts'
import { listCheckpoints } from './list-checkpoints.ts'
import { configOf } from './load-tuples.ts'
import { findPlace, placeOf, threadOf } from './place.ts'
import { type PruneResult, pruneThread } from './prune-thread.ts'
import { putCheckpoint } from './put-checkpoint.ts'
import { putWrites } from './put-writes.ts'
import type { ImportTarget, SaverCall, SaverMemory } from './saver-call.ts'
import {
  checkConnectOptions,
  checkSaverOptions,
  type ConnectOptions,
  type HarborageSaverOptions,
} from './saver-options.ts'
import { LastStoredValues } from './stored-values.ts'
import { Threads } from './threads.ts'

/**
 * LangGraph's checkpointer on a Harborage state store: in memory, on SQLite or on Postgres.
 *
 * The user whose threads it keeps is bound to it, and never read from a `configurable`. Each thread
 * is a session of that user. What a thread has becomes durable before a call resolves, a `put` as a
 * whole or not at all.
 *
 * In addition to the codes that they name, all methods may fail with `identity_required` and
 * `invalid_identity` for the owner or the thread, `invalid_record` for another argument, and with
 * the errors of the state store, such as `store_unavailable`, `outcome_unknown` and `store_closed`.
 *
 * @example
 * ```ts
 * import { HarborageSaver } from '@harborage/langgraph'
 * import { openStateStore } from '@harborage/state'
 * import { Annotation, StateGraph } from '@langchain/langgraph'
 *
 * await using state = await openStateStore()
 * const checkpointer = new HarborageSaver({ state, owner: { tenantId: 'acme', userId: 'ann' } })
 *
 * const graph = new StateGraph(Annotation.Root({ count: Annotation<number> }))
 *   .addNode('add', ({ count }) => ({ count: count + 1 }))
 *   .addEdge('__start__', 'add')
 *   .compile({ checkpointer })
 * const config = { configurable: { thread_id: 't1' } }
 * await graph.invoke({ count: 1 }, config)
 * console.log((await graph.getState(config)).values) // { count: 2 }
 * ```
 */
export class HarborageSaver extends BaseCheckpointSaver implements AsyncDisposable {
  readonly #owner: () => UserOwner
  readonly #isFenced: boolean
  readonly #state: HarborageSaverOptions['state']
  #calls: StateCalls
  /** Shared with the savers that {@link forOwner} makes. */
  #memory: SaverMemory = { threads: new Threads(), stored: new LastStoredValues() }

  /**
   * Makes a saver on a state store that is open.
   *
   * @throws `identity_required` or `invalid_identity` if the owner is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageSaverOptions) {
    const { state, owner, serde, fence = false } = checkSaverOptions(options)
    super(serde)
    if (serde === undefined) readsTogether(this.serde)
    this.#owner = bindUser(owner)
    this.#isFenced = fence
    this.#state = state
    this.#calls = StateCalls.on('HarborageSaver', state)
  }

  /**
   * Makes a saver that opens a database. Import the package of its engine first, such as
   * `@harborage/driver-sqlite`. The database is opened by {@link setup}, or by the first call that
   * needs it, and closed by {@link end}.
   *
   * @param dsn Such as `sqlite:./agent.db` or `postgres://user@host/name`. A text without a scheme
   * is the path of an SQLite file; `:memory:` and `memory:` keep everything in memory.
   * @throws As the constructor. What is wrong with the database is found when it is opened.
   *
   * @example
   * ```ts
   * import '@harborage/driver-sqlite'
   * import { HarborageSaver } from '@harborage/langgraph'
   *
   * const owner = { tenantId: 'acme', userId: 'ann' }
   * const checkpointer = HarborageSaver.fromConnString('sqlite:./agent.db', { owner })
   * await checkpointer.setup()
   * await checkpointer.end()
   * ```
   */
  static fromConnString(dsn: string, options: ConnectOptions): HarborageSaver {
    const { driver, migrate, schema, ...others } = checkConnectOptions(dsn, options)
    return new HarborageSaver({ ...others, state: stateAt(dsn, { driver, migrate, schema }) })
  }

  /**
   * Opens the database, and makes its tables unless `migrate` is `'verify'`. Without it, the first
   * call does so.
   *
   * @throws The errors of `openDatabase` and `openStateStore`, such as `unknown_driver`.
   */
  setup(): Promise<void> {
    return this.#calls.run(async () => {})
  }

  /**
   * Resolves once all calls that have begun are done, those of savers that {@link forOwner} made
   * and imports among them, and closes what {@link fromConnString} opened. Later calls fail with
   * `store_closed` then, and so does a list that is not finished. A state store that was passed to
   * the constructor stays open, and the saver can still be used.
   */
  end(): Promise<void> {
    return this.#calls.end()
  }

  /** Ends the saver as {@link end} does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  /**
   * Returns a saver of another user with the same database, serializer and fence. It can be used
   * until this one has ended, and need not be ended itself.
   *
   * @throws `identity_required` or `invalid_identity` if the owner is missing or malformed.
   */
  forOwner(owner: UserOption): HarborageSaver {
    const shared = { serde: this.serde, fence: this.#isFenced, state: this.#state }
    const saver = new HarborageSaver({ ...shared, owner })
    saver.#calls = this.#calls.derived()
    saver.#memory = this.#memory
    return saver
  }

  /**
   * Returns the named checkpoint, or the newest one of the thread if none is named.
   *
   * @throws `schema_too_new` if a newer release wrote what it reads; `store_unavailable`, not
   * retryable, if that is damaged.
   */
  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const owner = this.#owner()
    const place = readArguments(() => findPlace(owner, config))
    return place && this.#run((call) => findTuple(call, place))
  }

  /**
   * Yields the checkpoints of a thread, the newest first. Without a `thread_id`, yields those of
   * each thread of the user; without a `checkpoint_ns`, those of all namespaces.
   *
   * @param options `filter` compares keys of the metadata: each has to be equal, or to have the
   * fields of the object in the filter. A key that is `undefined` is ignored.
   * @throws `schema_too_new` as {@link getTuple}.
   */
  override list(
    config: RunnableConfig,
    options?: CheckpointListOptions,
  ): AsyncGenerator<CheckpointTuple> {
    const owner = this.#owner()
    return this.#calls.walk((state) => listCheckpoints(this.#callOn(state), owner, config, options))
  }

  /**
   * Saves a checkpoint, in one commit. It is durable when the call resolves. Repeating the call
   * changes nothing.
   *
   * @param newVersions The channels with new values. The others are as the parent has them. Without
   * a parent all values are kept, unless the checkpoint is the first one of a run.
   * @throws `thread_deleted` if the thread was deleted since the run began; `condition_failed` if
   * there is a fence and another run has continued the thread; `checkpoint_missing` if the
   * checkpoint to go on from was pruned; `value_too_large` if a value has more than 64 MiB.
   */
  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const owner = this.#owner()
    const place = readArguments(() => {
      checkPut(checkpoint, metadata, newVersions)
      return placeOf(owner, config)
    })
    await this.#run((call) => putCheckpoint(call, place, { checkpoint, metadata, newVersions }))
    return configOf(place.thread, place.namespace, checkpoint.id)
  }

  /**
   * Saves the writes of a task, in one commit. Regular writes are kept as they were first written.
   * Those of special channels, such as interrupts, replace earlier ones.
   *
   * @throws `thread_deleted` if the thread was deleted since the run began; `value_too_large` if
   * the writes have more than 64 MiB together.
   */
  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = '',
  ): Promise<void> {
    const owner = this.#owner()
    const place = readArguments(() => {
      checkWrites(writes, taskId, taskPath)
      return placeOf(owner, config)
    })
    const { checkpointId } = place
    if (checkpointId === undefined) {
      throw new HarborageError(
        'invalid_record',
        'configurable.checkpoint_id is missing: writes belong to a checkpoint',
      )
    }
    await this.#run((call) => putWrites(call, { place, checkpointId, taskId, taskPath, writes }))
  }

  /**
   * Deletes a thread with everything that the saver keeps of it. A run that goes on cannot bring it
   * back: its next save fails with `thread_deleted`. A new run may use the id again.
   */
  override async deleteThread(threadId: string): Promise<void> {
    const owner = this.#owner()
    const thread = readArguments(() => threadOf(owner, threadId))
    await this.#run((call) => deleteThread(call, thread))
  }

  /**
   * Removes all but the newest checkpoints of each namespace of a thread. What they need stays:
   * large values that they share with others, and the writes that delta channels are made of. Of
   * subgraphs, those go whose task belongs to a checkpoint that goes.
   *
   * @param options `keepLatest`, the number of checkpoints to keep, at least 1.
   * @throws `condition_failed` if others delete or prune the thread at the same time;
   * `schema_too_new` as {@link getTuple}.
   */
  async pruneThread(
    threadId: string,
    options: { readonly keepLatest: number },
  ): Promise<PruneResult> {
    const owner = this.#owner()
    const thread = readArguments(() => threadOf(owner, threadId))
    const keepLatest = readArguments(() => checkKeepLatest(options))
    return this.#run((call) => pruneThread(call, thread, keepLatest))
  }

  /**
   * Returns the writes of channels since the last checkpoint that has their values, which LangGraph
   * asks for to rebuild delta channels. Reads the thread in pages, not checkpoint by checkpoint.
   *
   * @param options `config` names the checkpoint, and `channels` the channels.
   * @throws `schema_too_new` as {@link getTuple}.
   */
  override async getDeltaChannelHistory(options: {
    config: RunnableConfig
    channels: string[]
  }): Promise<Record<string, DeltaChannelHistory>> {
    const owner = this.#owner()
    const [place, channels] = readArguments(() => [
      placeOf(owner, options.config),
      checkChannels(options.channels),
    ])
    return this.#run((call) => deltaHistory(call, place, channels))
  }

  /**
   * Runs an import as one call.
   *
   * @internal
   */
  runImport<Result>(work: (target: ImportTarget) => Promise<Result>): Promise<Result> {
    const ownerOf: ImportTarget['ownerOf'] = (user) =>
      user === undefined ? this.#owner() : bindUser(user)()
    return this.#run((call) => work({ call, ownerOf }))
  }

  /** Runs a call of the saver. */
  #run<Result>(work: (call: SaverCall) => Promise<Result>): Promise<Result> {
    return this.#calls.run((state) => work(this.#callOn(state)))
  }

  #callOn(state: StateStore): SaverCall {
    return { ...this.#memory, state, serde: this.serde, isFenced: this.#isFenced }
  }
}
