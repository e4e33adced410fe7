import type { CallOptions, EventId, RunIdentity } from '@harborage/core'
import { checkEventId, KnownNames, releaseOf } from '@harborage/core/kit'
import type {
  ConversationTurn,
  ForgetOutcome,
  LlmContextPatch,
  MemorySnapshot,
} from './conversation.ts'
import type { Health } from './health.ts'
import { captureSnapshot } from './internal/capture-snapshot.ts'
import { changeConversation } from './internal/change-conversation.ts'
import { chooseContext, type ChosenContext } from './internal/choose-context.ts'
import { decideAddTurn, turnsToRead, type RetentionRules } from './internal/decide-add-turn.ts'
import { conversionReadSet, decideConversion } from './internal/decide-conversion.ts'
import { decideForget, forgetReadSet } from './internal/decide-forget.ts'
import { decideReplacement, replacementReadSet } from './internal/decide-replacement.ts'
import { FOLD_BATCH_TURNS } from './internal/fold-decisions.ts'
import { MemoryCalls } from './internal/memory-calls.ts'
import { readTurns } from './internal/read-turns.ts'
import { readSnapshot, writeSnapshot } from './internal/snapshot.ts'
import { checkTurn } from './internal/turn-text.ts'
import type { CheckedMemoryRules, MemoryStoreOptions } from './memory-config.ts'
import type { MemoryDriver } from './memory-driver.ts'
import { MemoryPreparations } from './prepare-memory.ts'
import { MemorySubtrees } from './memory-subtrees.ts'
import { turnTokens } from './token-estimator.ts'

const storeNames = new KnownNames('options', ['rules', 'release'], 'invalid_config')

/**
 * A store of conversations, each kept under a declared strategy. Open one with `openMemoryStore`.
 *
 * Under `rolling_summary`, older turns are folded into the running summary in the background. At
 * any time, a turn is either among the turns or in the summary.
 *
 * Every method checks that the store is open, then the identity, then the other arguments, before
 * it reads or writes. So in addition to the codes that it names, each method may fail with
 * `store_closed`, `identity_required`, `invalid_identity`, `invalid_record`, `store_unavailable` if
 * the database fails, and for writes `outcome_unknown` if its answer was lost. A call about one
 * conversation fails with `strategy_mismatch` if that is kept under another strategy, unless the
 * call is `settled`, `convert` or `delete`. A rejected identity is also published as a
 * `memory.identity_rejected` event.
 */
export class MemoryStore extends MemorySubtrees implements AsyncDisposable {
  readonly #driver: MemoryDriver
  readonly #release: () => Promise<void>
  readonly #rules: CheckedMemoryRules
  readonly #retention: RetentionRules
  readonly #gate = MemorySubtrees.partsOf(this).gate
  readonly #events = MemorySubtrees.partsOf(this).events
  readonly #folds = MemorySubtrees.partsOf(this).folds
  readonly #calls: MemoryCalls
  /** Prepares calls as parts of steps, for `commitTogether`. */
  readonly prepare: MemoryPreparations
  #stopping: Promise<void> | undefined

  /**
   * Makes a store on a driver. `openMemoryStore` does this for you.
   *
   * @param driver The storage backend. By default the store closes it when it is closed.
   * @throws `invalid_config` if an option is unknown.
   */
  constructor(driver: MemoryDriver, options: MemoryStoreOptions) {
    super(driver, options.rules)
    const { rules } = options
    this.#driver = driver
    this.#rules = rules
    this.#release = releaseOf(driver, options, storeNames)
    const { strategy } = rules
    this.#calls = new MemoryCalls({ gate: this.#gate, driver, strategy, events: this.#events })
    this.#retention = { ...rules, maxBacklogTurns: rules.recoveryBacklogMax * FOLD_BATCH_TURNS }
    this.prepare = new MemoryPreparations({
      driver,
      gate: this.#gate,
      calls: this.#calls,
      events: this.#events,
      folds: this.#folds,
      retention: this.#retention,
      tokenEstimator: rules.tokenEstimator,
    })
  }

  /**
   * Adds a turn at the end of the conversation. The turn is durable when the call resolves, unless
   * the strategy drops it: `none` keeps no turns, and `truncation` drops a turn that is above the
   * budget by itself, with all older ones (at most 32 at a time). To avoid that, raise
   * `budgetTokens`, or store the large part as an artifact and its id in the turn.
   *
   * A retry is safe if the turn has a `turnId`: a remembered id is not added again. By default an
   * id is forgotten once it is past both the newest 1,024 turns and 24 hours. Without a `turnId`,
   * repeating the call after `outcome_unknown` may add the turn twice.
   *
   * @throws `invalid_record` if the turn is malformed or larger than 1 MiB; `invalid_config` if the
   * token estimator fails.
   *
   * @example
   * ```ts
   * import { createEventBus, newEventId } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * const bus = createEventBus()
   * await using memory = await openMemoryStore({ strategy: 'truncation', bus })
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * await memory.addTurn(session, {
   *   turnId: newEventId(),
   *   userMessage: 'Is my flight on time?',
   *   assistantResponse: 'It leaves at 9:40, as planned.',
   * })
   * const context = await memory.getLlmContext(session)
   * context.recentTurns.length // 1
   * ```
   */
  async addTurn(
    identity: RunIdentity,
    turn: ConversationTurn,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.call('addTurn', identity, options, (owner) => {
      const checked = checkTurn(turn)
      const { turnId, turn: given, text } = checked
      const tokens = turnTokens(this.#rules.tokenEstimator, given, text)
      return async () => {
        if (this.#rules.strategy === 'none') {
          await this.#calls.header(owner)
          return
        }
        const { droppedTurns, steps, header } = await this.#calls.change(
          owner,
          { turnId, oldestTurns: (seen) => turnsToRead(seen, tokens, this.#retention) },
          decideAddTurn(checked, tokens, this.#retention),
        )
        this.#events.healthChanged(owner, steps)
        if (droppedTurns > 0) this.#events.recoveryDropped(owner, droppedTurns)
        this.#folds?.touch(owner, header)
      }
    })
  }

  /**
   * Returns the context for the next call of a language model: the summary and the newest turns,
   * within the budget.
   *
   * @throws `store_unavailable`, not retryable, if a stored turn is damaged.
   */
  async getLlmContext(identity: RunIdentity, options?: CallOptions): Promise<LlmContextPatch> {
    return this.#calls.call('getLlmContext', identity, options, (owner) => async () => {
      const { strategy, budgetTokens } = this.#rules
      const { summary, turns, tokens, omittedTokens } = await this.#context(owner)
      const recentTurns = await readTurns(turns)
      if (omittedTokens > 0) this.#events.summaryOmitted(owner, omittedTokens, budgetTokens)
      return { strategy, summary, recentTurns, tokens }
    })
  }

  /** Returns the number of tokens that {@link getLlmContext} would return. */
  async estimateTokens(identity: RunIdentity, options?: CallOptions): Promise<number> {
    return this.#calls.call('estimateTokens', identity, options, (owner) => async () => {
      return (await this.#context(owner)).tokens
    })
  }

  /**
   * Folds all turns that can be folded now, and resolves when that is done or the conversation is
   * degraded; see {@link health}. It does not wait for a fold of another process. It drops no
   * turns.
   */
  async compact(identity: RunIdentity, options?: CallOptions): Promise<void> {
    return this.#calls.call('compact', identity, options, (owner) => async () => {
      const header = await this.#calls.header(owner)
      if (header !== undefined) await this.#folds?.compact(owner, header)
    })
  }

  /** Returns the state of the summarization of the conversation. */
  async health(identity: RunIdentity, options?: CallOptions): Promise<Health> {
    return this.#calls.call('health', identity, options, (owner) => async () => {
      const header = await this.#calls.header(owner)
      return header?.health ?? 'healthy'
    })
  }

  /**
   * Returns the conversation as bytes. Equal content gives equal bytes on every driver.
   *
   * @throws `invalid_snapshot` if the snapshot would be larger than 64 MiB, and so could not be
   * restored.
   */
  async snapshot(identity: RunIdentity, options?: CallOptions): Promise<MemorySnapshot> {
    return this.#calls.call('snapshot', identity, options, (owner) => async () => {
      const { strategy } = this.#rules
      if (strategy === 'none') {
        await this.#calls.header(owner)
        return { strategy, bytes: new Uint8Array() }
      }
      return { strategy, bytes: await writeSnapshot(await this.#calls.read(owner), strategy) }
    })
  }

  /**
   * Replaces the conversation by a snapshot, as a whole or not at all. Empty bytes without a
   * strategy erase the conversation, under any strategy.
   *
   * @throws `invalid_snapshot` if the snapshot is malformed or of another strategy. Nothing is
   * changed then.
   */
  async restore(
    identity: RunIdentity,
    snapshot: MemorySnapshot,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.call('restore', identity, options, (owner) => {
      const { strategy, tokenEstimator } = this.#rules
      const given = captureSnapshot(snapshot, strategy)
      return async () => {
        switch (given.kind) {
          case 'reset':
            await this.#calls.erase(owner, 'restored')
            this.#folds?.endPause(owner)
            return
          case 'nothing':
            await this.#calls.header(owner)
            return
          case 'content': {
            const restored = await readSnapshot(given.bytes, strategy, tokenEstimator)
            const replacing = decideReplacement(restored, strategy, this.#rules)
            const steps = await this.#calls.change(owner, replacementReadSet, replacing)
            this.#events.healthChanged(owner, steps)
            this.#folds?.touch(owner)
          }
        }
      }
    })
  }

  /**
   * Deletes the conversation under any strategy, and resolves to whether there was one. No row of
   * it is left, nor of the ids of its turns: a later `addTurn` begins a new conversation, and so
   * does a late retry of an earlier one. A fold in progress has no effect. If the answer of the
   * database was lost, the call finds out what happened. It fails with `outcome_unknown` if another
   * conversation was begun meanwhile, which it leaves as it is.
   *
   * @example
   * ```ts
   * import { createEventBus } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * await using memory = await openMemoryStore({ bus: createEventBus() })
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * await memory.delete(session) // false
   * ```
   */
  async delete(identity: RunIdentity, options?: CallOptions): Promise<boolean> {
    return this.#calls.call('delete', identity, options, (owner) => async () => {
      const existed = await this.#calls.erase(owner, 'deleted')
      this.#folds?.endPause(owner)
      return existed
    })
  }

  /**
   * Removes one turn, and resolves to what became of it; see {@link ForgetOutcome}. Its id stays
   * remembered for as long as the conversation lasts, so a late retry of its `addTurn` does not
   * bring it back. A fold in progress is made again without it. Safe to repeat: the answer then is
   * `absent`.
   *
   * The call reads every kept turn.
   */
  async forget(
    identity: RunIdentity,
    turnId: EventId,
    options?: CallOptions,
  ): Promise<ForgetOutcome> {
    return this.#calls.call('forget', identity, options, (owner) => {
      const checkedId = checkEventId('turnId', turnId, 'pass that of the turn to forget')
      return async () => {
        if (this.#rules.strategy === 'none') {
          await this.#calls.header(owner)
          return 'absent'
        }
        const readSet = forgetReadSet(checkedId)
        const forgetting = decideForget(checkedId)
        const { outcome, header } = await this.#calls.change(owner, readSet, forgetting)
        if (header !== undefined) this.#folds?.touch(owner, header)
        return outcome
      }
    })
  }

  /**
   * Converts a conversation of another strategy to that of the store. No stored turn is lost: under
   * `truncation` a running summary becomes the first turn; under `rolling_summary` turns are folded
   * from now on. Does nothing if there is no conversation, or it has the strategy already, so it is
   * safe to repeat.
   *
   * @throws `strategy_mismatch` if the strategy of the store is `none`, which would lose the
   * conversation.
   */
  async convert(identity: RunIdentity, options?: CallOptions): Promise<void> {
    return this.#calls.call('convert', identity, options, (owner) => async () => {
      const { strategy, tokenEstimator } = this.#rules
      const converting = decideConversion(strategy, tokenEstimator)
      const steps = await changeConversation(this.#driver, owner, conversionReadSet, converting)
      this.#events.healthChanged(owner, steps)
      this.#folds?.touch(owner)
    })
  }

  /**
   * Resolves once no summarization of this process is running or about to be retried, of one
   * conversation or of all. It does not wait for a degraded conversation to recover, nor for a fold
   * of another process; see {@link health}. It does not access the database, so it fails neither
   * with `strategy_mismatch` nor with `store_unavailable`.
   */
  async settled(identity?: RunIdentity): Promise<void> {
    if (identity === undefined) {
      this.#gate.assertOpen()
      return this.#folds?.settled(undefined)
    }
    return this.#calls.call('settled', identity, undefined, (owner) => async () => {
      await this.#folds?.settled(owner)
    })
  }

  /**
   * Waits for the calls in flight, then releases all resources. Aborts running summarizations after
   * `closeGraceMs`, and waits up to 5 seconds for the bus to publish an event. Calls made from now
   * on reject with `store_closed`. Idempotent.
   */
  close(): Promise<void> {
    // At once, since a call in flight may wait for a summarization that never ends.
    this.#stopping ??= this.#folds?.stop(this.#rules.closeGraceMs)
    return this.#gate.close(async () => {
      await this.#stopping
      await this.#events.published()
      await this.#release()
    })
  }

  /** Closes the store. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #context(owner: Required<RunIdentity>): Promise<ChosenContext> {
    const { strategy, budgetTokens, tokenEstimator } = this.#rules
    const conversation = await this.#calls.read(owner)
    if (conversation.header !== undefined) this.#folds?.touch(owner, conversation.header)
    return chooseContext(conversation, strategy, budgetTokens, tokenEstimator)
  }
}
