import { type CallOptions, isHarborageError, type RunIdentity } from '@harborage/core'
import { CallGate, checkSignal, untilAborted, type StoreOptions } from '@harborage/core/kit'
import type { ConversationTurn, LlmContextPatch, MemorySnapshot } from './conversation.ts'
import type { Health } from './health.ts'
import { addTurn, oldestToDrop, type KeepingRules } from './internal/add-turn.ts'
import { checkedIdentity, signalToCome } from './internal/call-arguments.ts'
import { changeConversation } from './internal/change-conversation.ts'
import { checkStrategy } from './internal/check-strategy.ts'
import { convertConversation, lookToConvert } from './internal/convert-conversation.ts'
import { decideOnce } from './internal/decide-once.ts'
import { FoldScheduler } from './internal/fold-scheduler.ts'
import { FOLD_BATCH_TURNS } from './internal/fold-turns.ts'
import { captureSnapshot } from './internal/given-snapshot.ts'
import { readTurns } from './internal/read-turns.ts'
import { rejectIdentity } from './internal/reject-identity.ts'
import {
  eraseConversation,
  lookToReplace,
  replaceConversation,
} from './internal/replace-conversation.ts'
import { readSnapshot, writeSnapshot } from './internal/snapshot.ts'
import { hasTurn } from './internal/turn-ids.ts'
import { checkTurn } from './internal/turn-text.ts'
import { windowOf, type Window } from './internal/window.ts'
import type { CheckedMemoryRules } from './memory-config.ts'
import type {
  Conversation,
  HeldMemory,
  Look,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
} from './memory-driver.ts'
import { MemoryEvents, type HealthStep } from './memory-events.ts'
import { turnTokens } from './token-estimator.ts'

/** Options of the constructor of {@link MemoryStore}. */
export interface MemoryStoreOptions extends StoreOptions {
  /** Checked rules: what `parseMemoryRules` returned. */
  readonly rules: CheckedMemoryRules
}

/**
 * Conversations under a declared strategy. Open one with `openMemoryStore`.
 *
 * - `none` keeps nothing.
 * - `truncation` keeps the newest turns that fit the budget.
 * - `rolling_summary` keeps the newest turns word by word and folds older ones into a running summary, in the
 *   background. Until a turn is folded it is still there; it is never in neither place and never in both.
 *
 * Every method first checks that the store is open, then the identity, then the rest, before it does anything; so
 * besides the codes it names, each may reject with `store_closed`, `identity_required`, `invalid_identity`,
 * `invalid_record`, with `store_unavailable` or, for writes, `outcome_unknown` if the database fails, and with
 * `strategy_mismatch` if the conversation is kept under another strategy; `settled` does not look at the strategy, and
 * `convert` changes it. A refused identity is also published as a `memory.identity_rejected` event.
 */
export class MemoryStore implements AsyncDisposable {
  readonly #driver: MemoryDriver
  readonly #release: () => Promise<void>
  readonly #rules: CheckedMemoryRules
  readonly #keeping: KeepingRules
  readonly #events: MemoryEvents
  readonly #folds: FoldScheduler | undefined
  readonly #gate = new CallGate({ name: 'MemoryStore', tracedAs: 'memory', store: this })
  #stopping: Promise<void> | undefined

  /** @param driver Where the rows are kept. */
  constructor(driver: MemoryDriver, { rules, release = () => driver.close() }: MemoryStoreOptions) {
    this.#driver = driver
    this.#rules = rules
    this.#release = release
    this.#events = new MemoryEvents(rules.bus)
    this.#keeping = { ...rules, maxBacklogTurns: rules.recoveryBacklogMax * FOLD_BATCH_TURNS }
    if (rules.strategy === 'rolling_summary' && rules.summarizer !== undefined) {
      const { summarizer } = rules
      this.#folds = new FoldScheduler(rules, { driver, summarizer, events: this.#events })
    }
  }

  /**
   * Adds a turn at the end of the conversation. When it resolves, the turn is durable, except under
   * `none`, which keeps no turn, and for a turn above the budget of `truncation`: it resolves, and
   * drops the turn and all older ones (at most 32 at a time). To avoid that, raise `budgetTokens`,
   * or keep the large part as an artifact with its ref in the turn. A turn with a `turnId` that is
   * remembered is not added again, so a retry is safe: by default an id is forgotten once it is past both the newest
   * 1,024 turns and 24 hours. Without a `turnId` it is not: after `outcome_unknown`, the same call may add the turn a
   * second time.
   *
   * @example
   * ```ts
   * import { createEventBus, newEventId } from '@harborage/core'
   * import { openMemoryStore } from '@harborage/memory'
   *
   * const bus = createEventBus()
   * await using memory = await openMemoryStore({ strategy: 'truncation', budgetTokens: 2_000, bus })
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
    return this.#call('addTurn', identity, options, (owner) => {
      const checked = checkTurn(turn)
      const { turnId, turn: given, text } = checked
      const tokens = turnTokens(this.#rules.tokenEstimator, given, text)
      return async () => {
        if (this.#rules.strategy === 'none') {
          await this.#header(owner)
          return
        }
        const { droppedTurns, steps, header } = await this.#change(
          owner,
          { turnId, oldestTurns: (seen) => oldestToDrop(seen, tokens, this.#keeping) },
          decideOnce(
            (held) => addTurn(held, checked, tokens, this.#keeping),
            (held) => hasTurn(held, turnId, this.#keeping),
          ),
        )
        this.#events.healthChanged(owner, steps)
        if (droppedTurns > 0) this.#events.recoveryDropped(owner, droppedTurns)
        this.#folds?.touch(owner, header)
      }
    })
  }

  /** Gives what the next call of a language model is to know of the conversation, within the budget. */
  async getLlmContext(identity: RunIdentity, options?: CallOptions): Promise<LlmContextPatch> {
    return this.#call('getLlmContext', identity, options, (owner) => async () => {
      const { strategy, budgetTokens } = this.#rules
      const { summary, turns, tokens, omittedTokens } = await this.#window(owner)
      const recentTurns = await readTurns(turns)
      if (omittedTokens > 0) this.#events.summaryOmitted(owner, omittedTokens, budgetTokens)
      return { strategy, summary, recentTurns, tokens }
    })
  }

  /** Gives the tokens that {@link getLlmContext} would give. */
  async estimateTokens(identity: RunIdentity, options?: CallOptions): Promise<number> {
    return this.#call('estimateTokens', identity, options, (owner) => async () => {
      const { tokens } = await this.#window(owner)
      return tokens
    })
  }

  /**
   * Folds what can be folded now, and resolves when that is done or the summarizer has failed for good; look at
   * {@link health}. It removes nothing. What another process has claimed is not waited for: {@link getLlmContext} shows
   * the turns that are not folded yet.
   */
  async flush(identity: RunIdentity, options?: CallOptions): Promise<void> {
    return this.#call('flush', identity, options, (owner) => async () => {
      const header = await this.#header(owner)
      if (header !== undefined) await this.#folds?.flush(owner, header)
    })
  }

  /** Tells how the summarizing of the conversation is doing. */
  async health(identity: RunIdentity, options?: CallOptions): Promise<Health> {
    return this.#call('health', identity, options, (owner) => async () => {
      const header = await this.#header(owner)
      return header?.health ?? 'healthy'
    })
  }

  /**
   * Gives the conversation as bytes; the same content gives the same bytes on every driver.
   *
   * @throws `invalid_snapshot` if that would be more than 64 MiB, which could not be restored.
   */
  async snapshot(identity: RunIdentity, options?: CallOptions): Promise<MemorySnapshot> {
    return this.#call('snapshot', identity, options, (owner) => async () => {
      const { strategy } = this.#rules
      if (strategy === 'none') {
        await this.#header(owner)
        return { strategy, bytes: new Uint8Array() }
      }
      return { strategy, bytes: await writeSnapshot(await this.#read(owner), strategy) }
    })
  }

  /**
   * Puts a snapshot in the place of the conversation, as a whole or not at all. Empty bytes without a strategy empty it,
   * under whatever strategy it is kept: nothing of it is left.
   *
   * @throws `invalid_snapshot` if it is malformed or of another strategy; nothing is changed then.
   */
  async restore(
    identity: RunIdentity,
    snapshot: MemorySnapshot,
    options?: CallOptions,
  ): Promise<void> {
    return this.#call('restore', identity, options, (owner) => {
      const { strategy, tokenEstimator } = this.#rules
      const given = captureSnapshot(snapshot, strategy)
      return async () => {
        switch (given.kind) {
          case 'reset':
            return this.#publish(
              owner,
              await changeConversation(this.#driver, owner, lookToReplace, eraseConversation()),
            )
          case 'nothing':
            await this.#header(owner)
            return
          case 'content': {
            const restored = await readSnapshot(given.bytes, strategy, tokenEstimator)
            const replacing = replaceConversation(restored, strategy, this.#rules)
            this.#publish(owner, await this.#change(owner, lookToReplace, replacing))
            this.#folds?.touch(owner)
          }
        }
      }
    })
  }

  /**
   * Turns a conversation that is kept under another strategy into the store's own. No turn that is kept is lost: under
   * `truncation` a running summary becomes the first turn; under `rolling_summary` turns are folded from now on. Does
   * nothing if there is no conversation, or it is kept under this strategy already, so it may be repeated.
   *
   * @throws `strategy_mismatch` if the store's own strategy is `none`, which would keep nothing of it.
   */
  async convert(identity: RunIdentity, options?: CallOptions): Promise<void> {
    return this.#call('convert', identity, options, (owner) => async () => {
      const { strategy, tokenEstimator } = this.#rules
      const converting = convertConversation(strategy, tokenEstimator)
      this.#publish(owner, await changeConversation(this.#driver, owner, lookToConvert, converting))
      this.#folds?.touch(owner)
    })
  }

  /**
   * Resolves once no summarisation of this process is running or about to be retried, for one conversation or for all.
   * Waiting for a degraded conversation to recover does not count, nor does what another process folds:
   * {@link getLlmContext} shows what is not folded yet, and {@link health} how it is doing. It reads nothing, so it
   * rejects neither with `strategy_mismatch` nor because the database fails.
   */
  async settled(identity?: RunIdentity): Promise<void> {
    if (identity === undefined) {
      this.#gate.assertOpen()
      return this.#folds?.settled(undefined)
    }
    return this.#call('settled', identity, undefined, (owner) => async () => {
      await this.#folds?.settled(owner)
    })
  }

  /**
   * Lets calls in flight finish, refuses later ones with `store_closed`, aborts a running summarisation after
   * `closeGraceMs`, waits for a bus that is still publishing, up to 5 seconds for an event, and releases everything. Idempotent.
   */
  close(): Promise<void> {
    // At once, because a call in flight may be waiting for a summarisation that never ends.
    this.#stopping ??= this.#folds?.stop(this.#rules.closeGraceMs)
    return this.#gate.close(async () => {
      await this.#stopping
      await this.#events.published()
      await this.#release()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #window(owner: Required<RunIdentity>): Promise<Window> {
    const { strategy, budgetTokens, tokenEstimator } = this.#rules
    const conversation = await this.#read(owner)
    if (conversation.header !== undefined) this.#folds?.touch(owner, conversation.header)
    return windowOf(conversation, strategy, budgetTokens, tokenEstimator)
  }

  /** @throws `strategy_mismatch` */
  async #read(owner: Required<RunIdentity>): Promise<Conversation> {
    if (this.#rules.strategy === 'none') {
      await this.#header(owner)
      return nothing
    }
    const conversation = await this.#driver.read(owner)
    checkStrategy(conversation.header, this.#rules.strategy)
    return conversation
  }

  /** @throws `strategy_mismatch` */
  async #header(owner: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    const header = await this.#driver.readHeader(owner)
    checkStrategy(header, this.#rules.strategy)
    return header
  }

  /** @throws `strategy_mismatch` */
  #change<Result>(
    owner: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return changeConversation(this.#driver, owner, look, (held) => {
      checkStrategy(held.header, this.#rules.strategy)
      return decide(held)
    })
  }

  #publish(owner: Required<RunIdentity>, steps: readonly HealthStep[]): void {
    this.#events.healthChanged(owner, steps)
  }

  /**
   * Makes a call. Its arguments are read before anything is waited for, so that later changes of them change nothing.
   *
   * @param prepare Checks the other arguments and gives what is to be done.
   */
  async #call<Result>(
    operation: string,
    identity: RunIdentity,
    options: CallOptions | undefined,
    prepare: (owner: Required<RunIdentity>) => () => Promise<Result>,
  ): Promise<Result> {
    const owner = this.#gate.read(operation, () => checkedIdentity(identity))
    if (isHarborageError(owner)) {
      this.#gate.refuse(operation, owner)
      const signal = signalToCome(options)
      const rejecting = rejectIdentity(this.#events, operation, identity, owner)
      // A close does not wait for it.
      throw await (signal === undefined ? rejecting : untilAborted(signal, rejecting))
    }
    const { work, signal } = this.#gate.read(operation, () => ({
      work: prepare(owner),
      signal: checkSignal(options),
    }))
    return this.#gate.run(signal, work, operation)
  }
}

const nothing: Conversation = { header: undefined, summary: '', turns: [] }
