import {
  commitTogether,
  HarborageError,
  isHarborageError,
  newEventId,
  type Identity,
  type Part,
  type TenantOwner,
} from '@harborage/core'
import type { Entry, JournalStore, NewEntry } from '@harborage/journal'
import {
  MAX_COMMIT_ENTRIES,
  type NewStateRecord,
  type SlotExpectation,
  type StateStore,
} from '@harborage/state'
import { sessionIdentity, type AdkSession } from '../place.ts'
import { entryIdOf, entryOf, EVENTS, type StoredEvent } from './event-payload.ts'
import { loadEvents, type EventRange } from './load-events.ts'
import {
  headRecord,
  readHead,
  SESSION,
  type LoadedHead,
  type SessionHead,
} from './session-record.ts'
import { SESSION_STATE, StateSlots, type AdkState } from './state-slots.ts'

/** How often a call starts again, because others changed the session meanwhile. */
const MAX_ATTEMPTS = 100

/** The stores that sessions are in, on one database. */
export interface SessionStores {
  readonly state: StateStore
  readonly journal: JournalStore
}

/** A session as it was at one moment. */
export interface LoadedSession {
  readonly head: SessionHead
  readonly state: Record<string, unknown>
  readonly events: readonly StoredEvent[]
}

/** An event to append, as it was captured. */
export interface CapturedEvent {
  readonly id: string
  readonly timestamp: number
  readonly bytes: Uint8Array
  /** The slots of the state that it changes. */
  readonly records: readonly NewStateRecord[]
}

/** What a caller knows of the session. */
export interface KnownSession {
  readonly lastUpdateTime: number
  /** Gets a session that was changed since, after the append. `undefined` to refuse that. */
  readonly refresh: ((loaded: LoadedSession) => void) | undefined
}

/** What an append did. */
export interface AppendedEvent {
  readonly lastUpdateTime: number
  /** Whether the caller was given the session with the event in it. */
  readonly isRefreshed: boolean
  /** Whether the session had the event already, so that nothing was changed. */
  readonly isRepeated: boolean
}

/** The entries of an event: its own, and those that took its place. */
interface HeldEntries {
  readonly count: number
  readonly newest: Entry | undefined
}

/** How many entries of an event are looked for at once. */
const ENTRIES_AT_ONCE = 8

/** One session, as one call works on it. */
export class StoredSession {
  /** Identifies the session within the process. */
  readonly key: string
  readonly #stores: SessionStores
  readonly #session: AdkSession
  readonly #identity: Identity
  readonly #slots: StateSlots

  constructor(stores: SessionStores, tenant: TenantOwner, session: AdkSession) {
    this.#stores = stores
    this.#session = session
    this.#identity = sessionIdentity(tenant, session)
    this.#slots = new StateSlots(tenant, session)
    this.key = JSON.stringify(this.#identity)
  }

  /** Returns the records of a change of the state. */
  recordsOf(delta: AdkState): readonly NewStateRecord[] {
    return this.#slots.records(delta)
  }

  /** Resolves to the state of the session, its user and its application. */
  state(): Promise<Record<string, unknown>> {
    return this.#slots.load(this.#stores.state)
  }

  /**
   * Makes the session.
   *
   * @throws `condition_failed` if it exists; `outcome_unknown` if it was made and cannot be read.
   */
  async create(state: AdkState): Promise<LoadedSession> {
    const { appName, userId, sessionId } = this.#session
    const head: SessionHead = {
      ...{ appName, userId, sessionId },
      generation: newEventId(),
      lastUpdateTime: Date.now(),
      previousUpdateTime: 0,
    }
    try {
      await this.#commit(null, head, this.recordsOf(state))
    } catch (error) {
      if (!isHarborageError(error, 'condition_failed')) throw error
      throw new HarborageError(
        'condition_failed',
        'there is a session with this id: get it, or make one with another id',
      )
    }
    try {
      return { head, state: await this.state(), events: [] }
    } catch (error) {
      throw new HarborageError(
        'outcome_unknown',
        'the session was made, and reading its state failed: get it with getSession()',
        { cause: error },
      )
    }
  }

  /**
   * Resolves to the session, or to `undefined` if there is none.
   *
   * @throws `condition_failed` if it was changed during each of 100 attempts.
   */
  async load(range: EventRange): Promise<LoadedSession | undefined> {
    const { journal } = this.#stores
    let head = await this.#head()
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      if (head === undefined) return undefined
      const [state, events] = await Promise.all([
        this.state(),
        loadEvents(journal, this.#identity, `${EVENTS}${head.generation}`, range),
      ])
      const after = await this.#head()
      if (after?.eventId === head.eventId) return { head, state, events }
      head = after
    }
    throw busy()
  }

  /**
   * Appends an event.
   *
   * @throws `condition_failed` if the session was changed since the caller knew it; `not_found` if
   * there is none.
   */
  async append(event: CapturedEvent, known: KnownSession): Promise<AppendedEvent> {
    const { refresh } = known
    let { lastUpdateTime } = known
    let entry = entryOf(event.id, event.bytes)
    let isKnown = false
    let loaded: LoadedSession | undefined
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const head = await this.#head()
      if (head === undefined) throw gone()
      const isStale = head.lastUpdateTime !== lastUpdateTime
      if (isStale || isKnown || event.timestamp <= head.lastUpdateTime) {
        const held = await this.#heldEntries(head, event.id)
        entry = entryOf(event.id, event.bytes, held.count)
        const repeated = await this.#repeated(head, held.newest, event.bytes, lastUpdateTime)
        if (repeated !== undefined && refresh === undefined) return repeated
        if (repeated !== undefined || isStale) {
          if (refresh === undefined) throw stale()
          loaded = await this.load({ limit: undefined, after: undefined })
          if (loaded === undefined) throw gone()
          ;({ lastUpdateTime } = loaded.head)
          if (repeated !== undefined) {
            refresh(loaded)
            return { lastUpdateTime, isRefreshed: true, isRepeated: true }
          }
          if (lastUpdateTime !== head.lastUpdateTime) continue
        }
      }
      const next = Math.max(event.timestamp, head.lastUpdateTime + 1)
      const times = { lastUpdateTime: next, previousUpdateTime: head.lastUpdateTime }
      try {
        await this.#commit(head, { ...head, ...times }, event.records, entry)
        // Only now: a call that fails leaves the object of the caller as it is.
        if (loaded !== undefined) refresh?.(loaded)
        return { lastUpdateTime: next, isRefreshed: false, isRepeated: false }
      } catch (error) {
        const isHeld = isHarborageError(error, 'idempotency_conflict') && error.part === 'event'
        if (!isHeld && !isHarborageError(error, 'condition_failed')) throw error
        isKnown ||= isHeld
      }
    }
    throw busy()
  }

  /** Deletes the session, if there is one, and what an interrupted deletion left. */
  async delete(): Promise<void> {
    const { state, journal } = this.#stores
    const identity = this.#identity
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      // Listed before the head is loaded: so no stream of a session that is made now is among them.
      const streams = new Set<string>()
      for await (const { stream } of journal.streams(identity, { prefix: EVENTS })) {
        streams.add(stream)
      }
      const head = await this.#head()
      try {
        if (head !== undefined) {
          await state.commit({
            expect: [{ identity, kind: SESSION, eventId: head.eventId }],
            delete: [{ identity, kind: SESSION }],
            deletePrefix: [{ identity, kindPrefix: SESSION_STATE }],
          })
          streams.add(`${EVENTS}${head.generation}`)
        }
        for (const stream of streams) await journal.delete(identity, stream)
        // An import may have made a session of one of them meanwhile.
        const made = streams.size === 0 ? undefined : await this.#head()
        if (made === undefined || !streams.has(`${EVENTS}${made.generation}`)) return
      } catch (error) {
        if (!isHarborageError(error, 'condition_failed')) throw error
      }
    }
    throw busy()
  }

  async #head(): Promise<LoadedHead | undefined> {
    const record = await this.#stores.state.load(this.#identity, SESSION)
    return record && readHead(record)
  }

  /** Resolves to how many entries an event has, and to the newest of them. */
  async #heldEntries({ generation }: SessionHead, eventId: string): Promise<HeldEntries> {
    const stream = `${EVENTS}${generation}`
    let count = 0
    let newest: Entry | undefined
    for (;;) {
      const ids = Array.from({ length: ENTRIES_AT_ONCE }, (_, index) =>
        entryIdOf(eventId, count + index),
      )
      const found = await this.#stores.journal.get(this.#identity, stream, ids)
      const held = found.filter((entry) => entry !== undefined)
      count += held.length
      newest = held.at(-1) ?? newest
      if (held.length < ids.length) return { count, newest }
    }
  }

  /**
   * Resolves to what an append of an event did that the session has already, or to `undefined` if
   * it does not have it, or another one in its place.
   */
  async #repeated(
    { generation, lastUpdateTime, previousUpdateTime }: SessionHead,
    held: Entry | undefined,
    bytes: Uint8Array,
    known: number,
  ): Promise<AppendedEvent | undefined> {
    if (held === undefined || Buffer.compare(held.bytes, bytes) !== 0) return undefined
    const newest = await this.#stores.journal.head(this.#identity, `${EVENTS}${generation}`)
    const isLast = newest?.position === held.position && previousUpdateTime === known
    const time = isLast ? lastUpdateTime : known
    return { lastUpdateTime: time, isRefreshed: false, isRepeated: true }
  }

  /** Writes the head, the state and an event in one commit, if the head is what it was. */
  async #commit(
    before: LoadedHead | null,
    head: SessionHead,
    records: readonly NewStateRecord[],
    entry?: NewEntry,
  ): Promise<void> {
    const { state, journal } = this.#stores
    const identity = this.#identity
    const expect: SlotExpectation[] = [
      { identity, kind: SESSION, eventId: before?.eventId ?? null },
    ]
    const parts: Record<string, Part<unknown>> = {
      session: state.prepare.commit({ expect, save: [headRecord(identity, head)] }),
    }
    for (let from = 0; from < records.length; from += MAX_COMMIT_ENTRIES) {
      const save = records.slice(from, from + MAX_COMMIT_ENTRIES)
      parts[`state ${from}`] = state.prepare.commit({ save })
    }
    if (entry !== undefined) {
      parts['event'] = journal.prepare.append(identity, `${EVENTS}${head.generation}`, [entry])
    }
    await commitTogether({ parts })
  }
}

function stale(): HarborageError {
  return new HarborageError(
    'condition_failed',
    "the session was changed since this object was loaded: get it again, and decide again, or make the service with staleSession: 'refresh'",
  )
}

function gone(): HarborageError {
  return new HarborageError(
    'not_found',
    'there is no such session, or it was deleted: make it with createSession() first',
  )
}

function busy(): HarborageError {
  return new HarborageError(
    'condition_failed',
    `others changed the session during each of ${MAX_ATTEMPTS} attempts: call again`,
  )
}
