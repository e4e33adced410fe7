import { HarborageError } from '@harborage/core'
import {
  abortReason,
  isAborted,
  MAX_PAGE_BYTES,
  turnIfHeld,
  whileOpen,
  type CallGate,
} from '@harborage/core/kit'
import type { JournalDriver, StreamKey } from '../journal-driver.ts'
import type { Followed, StreamCursor } from '../journal-record.ts'
import type { CheckedFollow } from './check-reads.ts'

/** The store of a follower. */
interface FollowedStore {
  readonly store: object
  readonly gate: CallGate
  readonly driver: JournalDriver
}

/** What to follow. */
type FollowedStream = CheckedFollow & { readonly key: StreamKey }

/**
 * Returns an iterable that yields what a stream holds after a cursor, and then what is appended. It
 * fetches a page when the last one was read, so a slow reader holds one page. Leaving it ends a
 * wait, which `return` of a generator would wait for.
 */
export function followStream(
  followed: FollowedStore,
  stream: FollowedStream,
): AsyncIterable<Followed> {
  return {
    [Symbol.asyncIterator]() {
      const exit = new Exit()
      const items = follow(followed, stream, exit)
      const leave = (): Promise<IteratorResult<Followed, undefined>> => {
        exit.take()
        return items.return(undefined)
      }
      return {
        next: () => items.next(),
        return: leave,
        throw(error: unknown) {
          exit.take()
          return items.throw(error)
        },
        [Symbol.asyncIterator]() {
          return this
        },
        async [Symbol.asyncDispose]() {
          await leave()
        },
      }
    },
  }
}

async function* follow(
  { store, gate, driver }: FollowedStore,
  { key, after, limit, signal }: FollowedStream,
  exit: Exit,
): AsyncGenerator<Followed, undefined, undefined> {
  const run = <Result>(call: () => Promise<Result>): Promise<Result> =>
    gate.run(signal, call, 'follow')
  const subscription = driver.watch(key)
  // One that begins where it was looks at the head first, which shows whether it may go on.
  let hasBegun = after === undefined
  try {
    for (let cursor = after; !exit.isTaken;) {
      const turn = turnIfHeld()
      if (turn !== undefined) await turn
      cursor ??= await run(() => beginningOf(driver, key))
      let page: readonly Followed[] = []
      if (cursor !== undefined) {
        const from: StreamCursor = cursor
        const isKnown = hasBegun
        page = await run(() => pageAfter(driver, key, from, limit, isKnown))
        hasBegun = true
      }
      for (const followed of page) {
        // Taken first: the caller may change what it gets.
        cursor = { generation: followed.generation, position: followed.position }
        yield followed
        if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
      }
      if (page.length === 0) {
        await whileOpen(store, signal, exit.orUntil(subscription.next(cursor)))
      }
    }
  } finally {
    subscription.close()
  }
}

/** The way out of a follower that waits. */
class Exit {
  #isTaken = false
  #endWait: (() => void) | undefined

  get isTaken(): boolean {
    return this.#isTaken
  }

  /** Ends the wait, and every later one. */
  take(): void {
    this.#isTaken = true
    this.#endWait?.()
  }

  /** Settles as the wait does, or resolves once the exit is taken. */
  orUntil(waiting: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#endWait = resolve
    if (this.#isTaken) resolve()
    waiting.then(resolve, reject)
    return promise
  }
}

/** Resolves to the place before the first entry, or to `undefined` if there is no stream yet. */
async function beginningOf(
  driver: JournalDriver,
  key: StreamKey,
): Promise<StreamCursor | undefined> {
  const head = await driver.head(key)
  return head && { generation: head.generation, position: head.first - 1 }
}

/**
 * Resolves to the next page.
 *
 * @param hasBegun Whether the follower has seen the head. What follows then is read also if the
 * stream has expired since.
 * @throws `stream_deleted` and `entries_trimmed` if the follower cannot go on.
 */
async function pageAfter(
  driver: JournalDriver,
  key: StreamKey,
  after: StreamCursor,
  limit: number,
  hasBegun: boolean,
): Promise<readonly Followed[]> {
  const page = await driver.followPage({ ...key, after, limit, maxBytes: MAX_PAGE_BYTES })
  // Nothing is missing before what comes next.
  if (hasBegun && page[0]?.position === after.position + 1) return page
  // Read after the page: what was trimmed by then may have been trimmed before the page was read.
  const head = await driver.head(key)
  if (head?.generation !== after.generation) throw deleted()
  if (head.first > after.position + 1) throw trimmed()
  return page
}

function deleted(): HarborageError {
  return new HarborageError(
    'stream_deleted',
    'the stream that was followed is deleted or has expired: follow without a cursor to see a new one from its beginning',
  )
}

function trimmed(): HarborageError {
  return new HarborageError(
    'entries_trimmed',
    'entries after the cursor were trimmed: read what is left, and follow after the head that you read up to',
  )
}
