import type {
  SessionKey,
  SessionStore,
  SessionStoreEntry,
  SessionSummaryEntry,
} from '@anthropic-ai/claude-agent-sdk'
import type { UserOwner } from '@harborage/core'
import { bindUser } from '@harborage/core/adapter'
import { appendEntries, type SessionStores } from './append-entries.ts'
import { AppendOrder } from './append-order.ts'
import { deleteSession } from './delete-session.ts'
import { FailedEntries } from './failed-entries.ts'
import { listSummaries } from './list-summaries.ts'
import { prepareEntries } from './prepared-entry.ts'
import { readEntries } from './read-entries.ts'
import { checkStoreOptions, type HarborageSessionStoreOptions } from './store-options.ts'
import { subpathsOf } from './sub-agents.ts'
import { checkProjectKey, transcriptOf, type Transcript } from './transcript.ts'

/**
 * A session store of the Claude Agent SDK on Harborage: in memory, on SQLite or on Postgres.
 *
 * Its user is bound to it, and is never read from a key. An append is durable before it resolves,
 * and one that is retried doubles nothing, however many processes use the session.
 *
 * In addition to the codes that they name, all methods may fail with `identity_required` and
 * `invalid_identity` for the owner or the id of the session, `invalid_record` for another argument,
 * `schema_too_new` if a newer release wrote what is read, and with the errors of the stores, such
 * as `store_unavailable`, `outcome_unknown` and `store_closed`.
 *
 * @example
 * ```ts
 * import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
 * import { openJournalStore } from '@harborage/journal'
 * import { openStateStore } from '@harborage/state'
 *
 * await using journal = await openJournalStore()
 * await using state = await openStateStore()
 * const owner = { tenantId: 'acme', userId: 'ann' }
 * const sessionStore = new HarborageSessionStore({ journal, state, owner })
 * // query({ prompt, options: { sessionStore, sessionStoreFlush: 'eager' } })
 * ```
 */
export class HarborageSessionStore implements SessionStore {
  readonly #stores: SessionStores
  readonly #owner: () => UserOwner
  readonly #order = new AppendOrder()
  readonly #failed = new FailedEntries()

  /**
   * Makes a store. It reads and writes nothing.
   *
   * @throws `identity_required` or `invalid_identity` if the owner is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageSessionStoreOptions) {
    const { journal, state, owner } = checkStoreOptions(options)
    this.#stores = { journal, state }
    this.#owner = bindUser(owner)
  }

  /**
   * Appends entries to a transcript, in the order of the calls. An entry whose uuid the transcript
   * holds already is left out, and so is one without a uuid if the same object was passed to a call
   * that failed after it was applied. Any other entry is appended.
   *
   * The entries of the main transcript and the summary of the session are one commit. More than 500
   * entries, or 8 MiB, take several.
   *
   * @param key The transcript. What it says besides its three names is ignored.
   * @param entries Any number, of any size. They are captured when this is called.
   */
  async append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void> {
    const transcript = this.#transcript(key)
    const place = placeOf(transcript)
    const ids = this.#failed.begin(place)
    const prepared = prepareEntries(entries, transcript.hidden, ids.idOf)
    try {
      await this.#order.run(place, () => appendEntries(this.#stores, transcript, prepared))
      ids.succeeded()
    } catch (error) {
      ids.failed()
      throw error
    }
  }

  /** Resolves to the entries of a transcript in their order, or to `null` if there are none. */
  async load(key: SessionKey): Promise<SessionStoreEntry[] | null> {
    const { session, stream } = this.#transcript(key)
    const entries: SessionStoreEntry[] = []
    const stored = this.#stores.journal.read(session, stream, { pageSize: 1000 })
    for await (const entry of readEntries(stored)) entries.push(entry)
    return entries.length === 0 ? null : entries
  }

  /**
   * Resolves to the sessions of a project that have a main transcript, in no order. It asks for
   * each session of the user, 1,000 at a time.
   */
  async listSessions(projectKey: string): Promise<{ sessionId: string; mtime: number }[]> {
    const summaries = await listSummaries(
      this.#stores.state,
      this.#owner(),
      checkProjectKey(projectKey),
    )
    return summaries.map(({ sessionId, mtime }) => ({ sessionId, mtime }))
  }

  /**
   * Resolves to the summaries of the sessions of a project, which the SDK folded. A session whose
   * summary has more than 32 KiB has none: the SDK reads its transcript instead.
   */
  async listSessionSummaries(projectKey: string): Promise<SessionSummaryEntry[]> {
    const summaries = await listSummaries(
      this.#stores.state,
      this.#owner(),
      checkProjectKey(projectKey),
    )
    return summaries.flatMap(({ sessionId, mtime, data }) =>
      data === undefined ? [] : [{ sessionId, mtime, data }],
    )
  }

  /**
   * Deletes a session with the transcripts of its sub-agents, or only that of a sub-agent if the
   * key has a subpath. Deleting what is not there does nothing. If it fails, repeat it.
   */
  async delete(key: SessionKey): Promise<void> {
    const transcript = this.#transcript(key)
    if (transcript.subpath === undefined) await deleteSession(this.#stores, transcript)
    else await this.#stores.journal.delete(transcript.session, transcript.stream)
  }

  /** Resolves to the subpaths of the sub-agents of a session. */
  async listSubkeys(key: { projectKey: string; sessionId: string }): Promise<string[]> {
    return subpathsOf(this.#stores.journal, this.#transcript(key))
  }

  #transcript(key: SessionKey): Transcript {
    return transcriptOf(this.#owner(), key)
  }
}

/** Returns a text that stands for a transcript, and for no other one. */
function placeOf({ session: { tenantId, userId, sessionId }, stream }: Transcript): string {
  return `${tenantId}\0${userId}\0${sessionId}\0${stream}`
}
