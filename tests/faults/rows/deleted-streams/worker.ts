/** One process of several that append to a few streams, delete them or follow them. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  allOfSession,
  isHarborageError,
  newEventId,
  type Database,
  type Identity,
} from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { Random } from '../../harness/random.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import { hangLimit } from '../../harness/this-build.ts'

/** The streams that all processes share. */
export const streams: readonly string[] = ['log.a', 'log.b', 'log.c']

/** The work of a process in one session. */
export interface Work {
  readonly session: Identity
  readonly seed: number
  readonly callers: number
  /** How many calls each caller makes. */
  readonly calls: number
}

/** A batch that was appended, with the ids of its entries. */
export interface Appended {
  readonly stream: string
  readonly generation: string
  /** The position of the first entry. */
  readonly first: number
  readonly ids: readonly string[]
}

/** An entry that was read or followed. */
export interface Seen {
  readonly stream: string
  readonly generation: string
  readonly position: number
  readonly id: string
}

/** What the stores of a process were answered. */
export interface Answers {
  readonly appended: readonly Appended[]
  /** How many streams the calls deleted. */
  readonly deleted: number
  readonly violations: readonly string[]
}

const { dsn } = workerConfig<{ readonly dsn: string }>()
const MOST_ENTRIES = 3
const LONGEST_PAUSE_MS = 12

const database = await open()
const journal = await openJournalStore({ database })
const followers = new Map<string, Followers>()

async function open(): Promise<Database> {
  if (dsn.startsWith('sqlite:')) {
    const { openSqlite } = await import('@harborage/driver-sqlite')
    return openSqlite({ dsn, busyTimeoutMs: hangLimit(60_000) })
  }
  const { openPostgres } = await import('@harborage/driver-postgres')
  return openPostgres({ dsn, max: 4 })
}

serve({
  /** Appends batches of random streams, with several callers at a time. */
  async append({ session, seed, callers, calls }: Work): Promise<Answers> {
    const appended: Appended[] = []
    const violations: string[] = []
    await eachCaller(callers, seed, async (random) => {
      for (let call = 0; call < calls; call += 1) {
        const stream = random.of(streams)
        const ids = Array.from({ length: 1 + random.below(MOST_ENTRIES) }, newEventId)
        const batch = ids.map((entryId) => ({ entryId, bytes: Buffer.from(entryId) }))
        const { head, entries } = await journal.append(session, stream, batch)
        if (entries.some(({ outcome }) => outcome !== 'appended')) {
          violations.push('an append of new entries was answered as a retry')
        }
        const first = head.position - ids.length + 1
        appended.push({ stream, generation: head.generation, first, ids })
      }
    })
    return { appended, deleted: 0, violations }
  },
  /** Deletes streams one by one, or all of the session at once. */
  async remove({ session, seed, callers, calls }: Work): Promise<Answers> {
    let deleted = 0
    await eachCaller(callers, seed, async (random) => {
      for (let call = 0; call < calls; call += 1) {
        await delay(random.below(LONGEST_PAUSE_MS))
        const removed = random.below(5) === 0 ? await removeAll(session) : await removeOne(random)
        // Not `+= await`: another caller adds meanwhile.
        deleted += removed
      }
    })
    return { appended: [], deleted, violations: [] }

    async function removeOne(random: Random): Promise<number> {
      return (await journal.delete(session, random.of(streams))) ? 1 : 0
    }
  },
  /** Begins to follow the streams of a session. */
  follow(session: Identity): void {
    followers.set(session.sessionId, new Followers(journal, session))
  },
  /** Waits until the followers of a session have seen its last entries, and ends them. */
  async seen({ session, last }: { readonly session: Identity; readonly last: readonly Seen[] }) {
    const seen = await followers.get(session.sessionId)?.endAfter(last)
    followers.delete(session.sessionId)
    return seen ?? []
  },
  /** Reads what is in the streams of a session. */
  async read(session: Identity): Promise<readonly Seen[]> {
    const seen: Seen[] = []
    for (const stream of streams) {
      const head = await journal.head(session, stream)
      for await (const { position, entryId } of journal.read(session, stream)) {
        seen.push({ stream, generation: head?.generation ?? '', position, id: entryId })
      }
    }
    return seen
  },
})

async function removeAll(session: Identity): Promise<number> {
  const { deleted } = await journal.deleteAll(allOfSession(session))
  return deleted
}

async function eachCaller(
  callers: number,
  seed: number,
  work: (random: Random) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: callers }, (_, caller) => work(new Random(seed * callers + caller))),
  )
}

/** A follower of each stream of a session. After a deletion it follows the next generation. */
class Followers {
  readonly #seen: Seen[] = []
  readonly #ended = new AbortController()
  readonly #all: Promise<unknown>

  constructor(store: JournalStore, session: Identity) {
    this.#all = Promise.all(streams.map((stream) => this.#follow(store, session, stream)))
  }

  async endAfter(last: readonly Seen[]): Promise<readonly Seen[]> {
    const until = Date.now() + hangLimit(10_000)
    while (!last.every((entry) => this.#hasSeen(entry)) && Date.now() < until) await delay(5)
    this.#ended.abort()
    await this.#all
    return this.#seen
  }

  #hasSeen({ generation, position }: Seen): boolean {
    return this.#seen.some((seen) => seen.generation === generation && seen.position === position)
  }

  async #follow(store: JournalStore, session: Identity, stream: string): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      try {
        for await (const seen of store.follow(session, stream, { signal })) {
          const { generation, position } = seen
          const id = 'entryId' in seen ? seen.entryId : ''
          this.#seen.push({ stream, generation, position, id })
        }
      } catch (error) {
        if (!signal.aborted && !isHarborageError(error, 'stream_deleted')) throw error
      }
    }
  }
}
