import type { CallOptions, Owner } from '@harborage/core'
import { checkSignal, releaseOf, type StoreOptions } from '@harborage/core/kit'
import { checkEntries } from './internal/check-entries.ts'
import { checkReplacement } from './internal/check-replacement.ts'
import { checkAppendOptions, checkStream, checkTrim } from './internal/check-stream.ts'
import { checkTouch } from './internal/check-touch.ts'
import type { JournalDriver } from './journal-driver.ts'
import { JournalReads } from './journal-reads.ts'
import { JournalPreparations } from './prepare-journal.ts'
import type {
  AppendOptions,
  AppendResult,
  NewEntry,
  Replacement,
  StreamHead,
  StreamTouchOptions,
} from './journal-record.ts'

/**
 * A store of streams: ordered logs to which entries are appended, keyed by owner and name. Appends
 * are idempotent on an id of the caller for each entry. Open one with `openJournalStore`.
 *
 * Every method checks that the store is open, then the owner, then the other arguments, before it
 * reads or writes. So in addition to the codes that it names, each method may fail with
 * `store_closed`, `identity_required`, `invalid_identity`, `invalid_record` for a malformed
 * argument or an unknown option, `store_unavailable` if the database fails, and for writes
 * `outcome_unknown` if its answer was lost.
 *
 * Safe to repeat are all reads, an append with the same entries, and a replacement with the same
 * operation id. After `outcome_unknown` of a trim or a deletion, see what is stored before you call
 * again.
 */
export class JournalStore extends JournalReads implements AsyncDisposable {
  /** Prepares calls as parts of steps, for `commitTogether`. */
  readonly prepare: JournalPreparations
  readonly #driver: JournalDriver
  readonly #release: () => Promise<void>
  readonly #gate = JournalReads.gateOf(this)

  /**
   * Makes a store on a driver. `openJournalStore` does this for you.
   *
   * @param driver The storage backend. By default the store closes it when it is closed.
   * @throws `invalid_config` if an option is unknown.
   */
  constructor(driver: JournalDriver, options?: StoreOptions) {
    super(driver)
    this.#driver = driver
    this.#release = releaseOf(driver, options)
    this.prepare = new JournalPreparations(driver, this.#gate)
  }

  /**
   * Appends entries to a stream, all of them or none, each once per id. They are durable when the
   * call resolves, and stand in a row: their positions are above that of every append that was
   * acknowledged before this call, by whichever process. The first append begins the stream.
   *
   * The first entries may be such that the stream holds already, with the same type and bytes: they
   * are not appended again, and answer `'unchanged'`. So an append that is repeated is found, also
   * if more entries were added to it. If the stream holds all of them, `ifPosition` does not
   * matter. An entry that was dropped since answers `'superseded'`, at least as long as it is among
   * the newest 1,024 dropped ones.
   *
   * A stream may expire: then it is as if it did not exist, and the next entry that is new begins
   * it anew, as after a deletion, in another generation. What it held is removed with that append.
   * Its ids stay remembered as those of dropped entries, and it goes on after its positions.
   *
   * @param stream The name of the stream, such as `transcript`: 1 to 1,024 UTF-8 bytes.
   * @param entries 1 to 1,000 entries with at most 16 MiB in all.
   * @throws `condition_failed` if the head has another position than `ifPosition`;
   * `idempotency_conflict` if the stream holds an id with other content, or behind an entry that is
   * new. Its error names the entry as its `entry`.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const bytes = new TextEncoder().encode('{"role":"user"}')
   * const entry = { entryId: newEventId(), type: 'message', bytes }
   * const { head, entries } = await journal.append(session, 'transcript', [entry])
   * entries // [{ position: 1, outcome: 'appended' }]
   * head.position // 1
   * ```
   */
  append(
    owner: Owner,
    stream: string,
    entries: readonly NewEntry[],
    options?: AppendOptions,
  ): Promise<AppendResult> {
    return this.#gate.call(
      'append',
      () => ({
        key: checkStream(owner, stream),
        checked: checkEntries(entries, 1),
        ...checkAppendOptions(options),
      }),
      ({ key, checked, ifPosition, expiresAt }) =>
        this.#driver.append({ ...key, entries: checked, ifPosition, expiresAt }),
      outcomeOf,
    )
  }

  /**
   * Drops every entry after a position and appends others, in one atomic step, once per operation
   * id. The replacement takes a position itself, before those of its entries, so that followers see
   * it. Ids of dropped entries may come back in it.
   *
   * A stream remembers the newest 16 operation ids. A repeated replacement changes nothing and
   * returns the head.
   *
   * @throws `condition_failed` if the head has another position than `ifPosition`;
   * `idempotency_conflict` if the operation id was used for another replacement, or an entry has
   * the id of one that stays.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const bytes = new TextEncoder().encode('first draft')
   * const { head } = await journal.append(session, 'items', [{ entryId: newEventId(), bytes }])
   * await journal.replaceAfter({
   *   owner: session,
   *   stream: 'items',
   *   position: 0,
   *   entries: [{ entryId: newEventId(), bytes: new TextEncoder().encode('second draft') }],
   *   operationId: newEventId(),
   *   ifPosition: head.position,
   * })
   * ```
   */
  replaceAfter(replacement: Replacement, options?: CallOptions): Promise<StreamHead> {
    return this.#gate.call(
      'replaceAfter',
      () => ({ checked: checkReplacement(replacement), signal: checkSignal(options) }),
      ({ checked }) => this.#driver.replaceAfter(checked),
    )
  }

  /**
   * Moves the time at which a stream expires. Nothing else of it changes. A stream that has expired
   * is never revived.
   *
   * An append moves it as well: pass its `expiresAt`.
   *
   * @param stream The name of the stream.
   * @returns Whether it was moved: `false` if there is no stream, or one that has expired.
   * @throws `condition_failed` if the stream has another head.
   *
   * @example
   * ```ts
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const ifHead = await journal.head(session, 'transcript')
   * const expiresAt = new Date(Date.now() + 600_000)
   * if (ifHead) await journal.touch(session, 'transcript', { ifHead, expiresAt })
   * ```
   */
  touch(owner: Owner, stream: string, options: StreamTouchOptions): Promise<boolean> {
    return this.#gate.call(
      'touch',
      () => checkTouch(owner, stream, options),
      ({ touch }) => this.#driver.touch(touch),
    )
  }

  /**
   * Drops the entries before a position, the oldest first, and resolves to their number. The head
   * stays. Long parts are dropped in several steps: if the call fails or is canceled, those so far
   * stay applied.
   *
   * @param stream The name of the stream.
   * @param range `before` is the first position that stays. Above the newest one, nothing stays.
   *
   * @example
   * ```ts
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * await journal.trim(session, 'transcript', { before: 100 }) // 0
   * ```
   */
  trim(
    owner: Owner,
    stream: string,
    range: { readonly before: number },
    options?: CallOptions,
  ): Promise<number> {
    return this.#gate.call(
      'trim',
      () => ({
        key: checkStream(owner, stream),
        before: checkTrim(range),
        signal: checkSignal(options),
      }),
      ({ key, before }) => this.#driver.trim(key, before),
    )
  }

  /**
   * Deletes a stream with its entries and all that is remembered of them. A later append begins a
   * new generation at position 1.
   *
   * @returns Whether there was a stream, also if it has expired.
   */
  delete(owner: Owner, stream: string, options?: CallOptions): Promise<boolean> {
    return this.#gate.call(
      'delete',
      () => ({ key: checkStream(owner, stream), signal: checkSignal(options) }),
      ({ key }) => this.#driver.delete(key),
    )
  }

  /**
   * Waits for the calls in flight, then releases all resources. Calls made from now on reject with
   * `store_closed`, and so do followers that wait. Idempotent.
   */
  close(): Promise<void> {
    return this.#gate.close(this.#release)
  }

  /** Closes the store. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Returns the traced outcome of an append: that of its last entry. */
function outcomeOf({ entries }: AppendResult): string {
  return entries.at(-1)?.outcome ?? 'appended'
}
