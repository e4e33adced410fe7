import type {
  AgentInputItem,
  Session,
  SessionHistoryRewriteArgs,
  SessionHistoryTransactionArgs,
} from '@openai/agents'
import { randomUUID } from 'node:crypto'
import { HarborageError, type UserOwner } from '@harborage/core'
import { bindUser, checkSessionId, sessionOf } from '@harborage/core/adapter'
import type { JournalStore } from '@harborage/journal'
import { rewrite } from './history-mutations.ts'
import { checkTransaction, decideTransaction } from './history-transaction.ts'
import { History, ITEMS, OPERATIONS } from './history.ts'
import { decodeItem, entryOf } from './item-payload.ts'
import {
  checkSessionOptions,
  type HarborageSessionOptions,
  type SessionGuard,
} from './session-options.ts'

/**
 * A session of the OpenAI Agents SDK on a Harborage journal: in memory, on SQLite or on Postgres.
 *
 * Its user is bound to it. Each change is applied as a whole or not at all, and is durable before a
 * call resolves, however many processes use the session. It has the history transactions of the
 * SDK, which are applied once per operation id.
 *
 * In addition to the codes that they name, all methods may fail with `identity_required` and
 * `invalid_identity` for the owner, `invalid_record` for another argument, `condition_failed` for
 * the guard, and with the errors of the journal, such as `store_unavailable`, `outcome_unknown` and
 * `store_closed`.
 *
 * @example
 * ```ts
 * import { HarborageSession } from '@harborage/openai-agents'
 * import { openJournalStore } from '@harborage/journal'
 * import { user } from '@openai/agents'
 *
 * await using journal = await openJournalStore()
 * const owner = { tenantId: 'acme', userId: 'ann' }
 * const session = new HarborageSession({ journal, owner, sessionId: 'order 4711' })
 * await session.addItems([user('Where is my order?')])
 * console.log((await session.getItems()).length) // 1
 * ```
 */
export class HarborageSession implements Session {
  readonly #journal: JournalStore
  readonly #owner: () => UserOwner
  readonly #sessionId: string
  readonly #guard: SessionGuard | undefined

  /**
   * Makes a session object. It reads and writes nothing.
   *
   * @throws `identity_required` or `invalid_identity` if the owner or the id of the session is
   * missing or malformed; `invalid_config` if another option is.
   */
  constructor(options: HarborageSessionOptions) {
    const checked = checkSessionOptions(options)
    const { journal, owner, guard } = checked
    this.#journal = journal
    this.#owner = bindUser(owner)
    this.#sessionId = 'sessionId' in checked ? checkSessionId(checked.sessionId) : randomUUID()
    this.#guard = guard
  }

  /** Resolves to the id of the session. */
  async getSessionId(): Promise<string> {
    return this.#sessionId
  }

  /**
   * Resolves to the items of the session, the oldest first.
   *
   * @param limit How many of the newest items. What it costs does not grow with the session.
   * Default: all.
   * @throws `schema_too_new` if a newer release wrote one of them.
   */
  async getItems(limit?: number): Promise<AgentInputItem[]> {
    if (limit !== undefined && limit <= 0) return []
    const entries = await this.#history().entries(limit)
    return entries.map((entry) => decodeItem(entry).item)
  }

  /**
   * Appends items in a row, all of them or none.
   *
   * @param items At most 1,000, of at most 16 MiB in all.
   */
  async addItems(items: AgentInputItem[]): Promise<void> {
    const entries = this.#entriesOf(items)
    if (entries.length > 0) await this.#history().append(entries)
  }

  /**
   * Removes the newest item, and resolves to it, or to `undefined` if there is none. Of concurrent
   * calls each gets another item.
   */
  async popItem(): Promise<AgentInputItem | undefined> {
    const history = this.#history()
    return history.decide(async (position) => {
      const [newest] = await history.entries(1, position)
      if (newest === undefined) return { write: undefined, result: undefined }
      const { item } = decodeItem(newest)
      const change = { position: newest.position - 1, entries: [] }
      return { write: () => history.replace(change, position), result: item }
    })
  }

  /**
   * Removes all items, and what is remembered of history transactions. A guard is checked before.
   */
  async clearSession(): Promise<void> {
    const history = this.#history()
    if (this.#guard !== undefined) await history.apply({})
    await this.#journal.delete(history.session, ITEMS)
    await this.#journal.delete(history.session, OPERATIONS)
  }

  /**
   * Replaces all items in one step.
   *
   * @param items At most 1,000, of at most 16 MiB in all.
   */
  async replaceHistoryWithCompaction(items: AgentInputItem[]): Promise<void> {
    const entries = this.#entriesOf(items)
    const history = this.#history()
    await history.decide(async (position) => ({
      write: () => history.replace({ position: 0, entries }, position),
      result: undefined,
    }))
  }

  /**
   * Rewrites items as the SDK asks for, such as a call whose arguments a person has changed. All of
   * it is one step. From the first item on that it changes there may be at most 1,000.
   */
  async applyHistoryMutations({ mutations }: SessionHistoryRewriteArgs): Promise<void> {
    const captured = structuredClone(mutations)
    const history = this.#history()
    await history.decide(async (position) => {
      const entries = await history.entries(undefined, position)
      const change = rewrite(this.#sessionId, entries, captured)
      const write = change && (() => history.replace(change, position))
      return { write, result: undefined }
    })
  }

  /**
   * Applies a history transaction once per operation id: its items and the operation id are written
   * in one step. An operation id is remembered until the session is cleared.
   *
   * @throws `condition_failed` if the newest items are not the expected suffix;
   * `idempotency_conflict` if the operation id was used for another transaction. Nothing was
   * changed.
   */
  async applyHistoryTransaction(args: SessionHistoryTransactionArgs): Promise<void> {
    const transaction = checkTransaction(args)
    const history = this.#history()
    await history.decide((position) =>
      decideTransaction(history, this.#sessionId, transaction, position),
    )
  }

  #history(): History {
    return new History(this.#journal, sessionOf(this.#owner(), this.#sessionId), this.#guard)
  }

  #entriesOf(items: readonly AgentInputItem[]): ReturnType<typeof entryOf>[] {
    const isList: boolean = Array.isArray(items)
    if (isList) return Array.from(items, (item) => entryOf(this.#sessionId, item))
    throw new HarborageError('invalid_record', 'items is no array: pass an array of items')
  }
}
