import { HarborageError, type CallOptions, type EventId, type Owner } from '@harborage/core'
import { checkSignal, MAX_PAGE_BYTES } from '@harborage/core/kit'
import { checkEntryIds, checkFollow, checkRead } from './internal/check-reads.ts'
import { checkStream } from './internal/check-stream.ts'
import { followStream } from './internal/follow-stream.ts'
import type { JournalDriver, LocatedEntry } from './journal-driver.ts'
import {
  MAX_GET_BYTES,
  type Entry,
  type Followed,
  type FollowOptions,
  type ReadOptions,
  type StreamCursor,
  type StreamHead,
} from './journal-record.ts'
import { JournalSubtrees } from './journal-subtrees.ts'

/** The reads of a `JournalStore`. */
export abstract class JournalReads extends JournalSubtrees {
  readonly #driver: JournalDriver
  readonly #gate = JournalSubtrees.gateOf(this)

  /** @internal */
  protected constructor(driver: JournalDriver) {
    super(driver)
    this.#driver = driver
  }

  /**
   * Returns an async iterable over the entries of a stream, by default from the first to the
   * newest. They are read in pages of `pageSize`, by default 100, and of about 8 MiB. An entry that
   * is not dropped meanwhile appears exactly once. If the stream is deleted meanwhile, the walk
   * ends. If it expires, the walk goes on up to what was there. It yields nothing if there is no
   * stream.
   *
   * The newest n entries cost what n cost, however long the stream is. A malformed argument throws
   * here, not at the first iteration.
   *
   * @param options `from` is the first position and `to` the first one beyond the read, in either
   * order. With a `limit`, no more than that are read.
   *
   * @example
   * ```ts
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const newestFirst = { order: 'descending', limit: 20 } as const
   * for await (const { position, type } of journal.read(session, 'transcript', newestFirst)) {
   *   console.log(position, type)
   * }
   * ```
   */
  read(owner: Owner, stream: string, options?: ReadOptions): AsyncIterable<Entry> {
    const found = this.#gate.walk(
      'read',
      () => ({ key: checkStream(owner, stream), ...checkRead(options) }),
      ({ key, range }, after: StreamCursor | undefined, limit) =>
        this.#driver.readPage({ ...key, ...range, after, limit, maxBytes: MAX_PAGE_BYTES }),
      { placeOf, bytesOf: ({ bytes }: LocatedEntry) => bytes.byteLength },
    )
    return {
      async *[Symbol.asyncIterator]() {
        for await (const { generation: _, ...entry } of found) yield entry
      },
    }
  }

  /**
   * Returns the entries with the given ids, in their order; `undefined` for each that the stream
   * does not hold.
   *
   * @param entryIds At most 1,000 ids.
   * @throws `result_too_large` if the entries hold more than 64 MiB in all.
   */
  get(
    owner: Owner,
    stream: string,
    entryIds: readonly EventId[],
    options?: CallOptions,
  ): Promise<readonly (Entry | undefined)[]> {
    return this.#gate.call(
      'get',
      () => ({
        key: checkStream(owner, stream),
        ids: checkEntryIds(entryIds),
        signal: checkSignal(options),
      }),
      async ({ key, ids }) => {
        const entries = await this.#driver.get(key, ids, MAX_GET_BYTES)
        return entries ?? tooLarge()
      },
    )
  }

  /** Returns the head of a stream, or `undefined` if there is none. */
  head(owner: Owner, stream: string, options?: CallOptions): Promise<StreamHead | undefined> {
    return this.#gate.call(
      'head',
      () => ({ key: checkStream(owner, stream), signal: checkSignal(options) }),
      ({ key }) => this.#driver.head(key),
    )
  }

  /**
   * Returns an async iterable that never ends by itself: it yields the entries of a stream after a
   * cursor, and then each one that is appended, by whichever process, once and in order. A
   * replacement is yielded as such: drop what came after its `replacedAfter`. A stream that does
   * not exist yet is waited for.
   *
   * What this process appends wakes it at once, what others append within 250 ms by default. While
   * it waits, the followers of one database share one poll. It reads a page when the last one was
   * consumed, so a slow reader delays no other and holds at most one page.
   *
   * To go on later, pass the generation and the position of what was yielded last as `after`. End
   * it by leaving the loop, by `return()`, by the signal, or by closing the store, which makes it
   * throw `store_closed`. All of them end a wait; after `return()` a pending `next()` is done.
   *
   * A malformed argument throws here. The iteration throws the next two.
   *
   * @throws `entries_trimmed` if entries after the cursor were trimmed; `stream_deleted` if the
   * stream of the cursor, or the one that was followed, was deleted or has expired. A follower gets
   * what was there before its stream expired, unless it begins only then.
   *
   * @example
   * ```ts
   * import { newEventId } from '@harborage/core'
   * import { openJournalStore } from '@harborage/journal'
   *
   * await using journal = await openJournalStore()
   * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
   * const bytes = new TextEncoder().encode('hello')
   * await journal.append(session, 'transcript', [{ entryId: newEventId(), bytes }])
   * for await (const followed of journal.follow(session, 'transcript')) {
   *   if ('replacedAfter' in followed) continue
   *   console.log(followed.position, followed.entryId)
   *   break
   * }
   * ```
   */
  follow(owner: Owner, stream: string, options?: FollowOptions): AsyncIterable<Followed> {
    const checked = this.#gate.read('follow', () => ({
      key: checkStream(owner, stream),
      ...checkFollow(options),
    }))
    return followStream({ store: this, gate: this.#gate, driver: this.#driver }, checked)
  }
}

function placeOf({ generation, position }: LocatedEntry): StreamCursor {
  return { generation, position }
}

function tooLarge(): never {
  throw new HarborageError(
    'result_too_large',
    `the entries hold more than ${MAX_GET_BYTES} bytes in all: get them in several calls, or read them`,
  )
}
