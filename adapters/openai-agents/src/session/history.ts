import {
  commitTogether,
  HarborageError,
  isHarborageError,
  newEventId,
  type Identity,
  type Part,
} from '@harborage/core'
import type { Entry, JournalStore, NewEntry, Replacement } from '@harborage/journal'
import type { SessionGuard } from './session-options.ts'

/** The stream of a session's items. */
export const ITEMS = 'openai.items'
/** The stream of the history transactions that were applied to a session. */
export const OPERATIONS = 'openai.operations'

/** How often a change is decided again, because others wrote to the session meanwhile. */
const MAX_ATTEMPTS = 100

/** A replacement of the items after a position. */
export type Change = Pick<Replacement, 'position' | 'entries'>

/** What a call decided. */
export interface Decision<Result> {
  /** Writes it, if nothing was written since; `undefined` if there is nothing to write. */
  readonly write: (() => Promise<void>) | undefined
  readonly result: Result
}

/** The history of one session, as one call works on it. */
export class History {
  readonly journal: JournalStore
  readonly session: Identity
  readonly #guard: SessionGuard | undefined

  constructor(journal: JournalStore, session: Identity, guard: SessionGuard | undefined) {
    this.journal = journal
    this.session = session
    this.#guard = guard
  }

  /**
   * Resolves to the newest entries, or all, the oldest first.
   *
   * @param position The newest position that is read. Default: any.
   */
  async entries(limit?: number, position?: number): Promise<readonly Entry[]> {
    const { journal, session } = this
    const range = position === undefined ? {} : { to: position + 1 }
    if (limit === undefined) return collect(journal.read(session, ITEMS, range))
    const newestFirst = { ...range, order: 'descending', limit } as const
    return (await collect(journal.read(session, ITEMS, newestFirst))).toReversed()
  }

  /** Appends entries, all or none. */
  async append(entries: readonly NewEntry[]): Promise<void> {
    if (this.#guard === undefined) await this.journal.append(this.session, ITEMS, entries)
    else await this.apply({ items: this.journal.prepare.append(this.session, ITEMS, entries) })
  }

  /** Replaces items if nothing was written to them since they had the position. */
  async replace(change: Change, ifPosition: number): Promise<void> {
    const { journal, session } = this
    const operationId = newEventId()
    const replacement = { owner: session, stream: ITEMS, ...change, operationId, ifPosition }
    if (this.#guard === undefined) await journal.replaceAfter(replacement)
    else await this.apply({ items: journal.prepare.replaceAfter(replacement) })
  }

  /** Applies parts as one step, under the guard of the session. */
  async apply(parts: Readonly<Record<string, Part<unknown>>>): Promise<void> {
    const guarded = this.#guard === undefined ? parts : { guard: this.#guard(), ...parts }
    try {
      await commitTogether({ stepId: newEventId(), parts: guarded })
    } catch (error) {
      throw asGuardFailure(error)
    }
  }

  /**
   * Decides by what the session holds, and writes. If others wrote to it in between, decides again.
   *
   * @param decide Is called with the newest position, on whose items it decides.
   * @throws What `decide` throws; `condition_failed` if the guard does not hold, or others wrote
   * during each of 100 attempts.
   */
  async decide<Result>(decide: (position: number) => Promise<Decision<Result>>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      const head = await this.journal.head(this.session, ITEMS)
      const { write, result } = await decide(head?.position ?? 0)
      try {
        await write?.()
        return result
      } catch (error) {
        const isOvertaken = isHarborageError(error, 'condition_failed') && error.part !== 'guard'
        if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }
}

/** Returns the error of a guard that does not hold. Returns any other error as it is. */
function asGuardFailure(error: unknown): unknown {
  if (!isHarborageError(error, 'condition_failed') || error.part !== 'guard') return error
  return new HarborageError(
    'condition_failed',
    'the guard of the session does not hold, so nothing was written: if it is that of a claim, another process has claimed the run since. End this run, and claim the run state again for its outcome',
    { cause: error, part: 'guard' },
  )
}

async function collect(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const entry of entries) all.push(entry)
  return all
}
