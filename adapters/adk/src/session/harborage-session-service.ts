import { randomUUID } from 'node:crypto'
import {
  BaseSessionService,
  createEvent,
  createSession,
  type AppendEventRequest,
  type CreateSessionRequest,
  type DeleteSessionRequest,
  type Event,
  type GetSessionRequest,
  type ListSessionsRequest,
  type ListSessionsResponse,
  type Session,
} from '@google/adk'
import { isHarborageError, type TenantOwner } from '@harborage/core'
import { bindTenant } from '@harborage/core/adapter'
import type { MemoryStore } from '@harborage/memory'
import { collectionOf } from '../memory/memory-payload.ts'
import { sessionIdentity, type AdkSession } from '../place.ts'
import { checkEvent, encodeEvent, type StoredEvent } from './event-payload.ts'
import { listSessions } from './list-sessions.ts'
import { checkRange } from './load-events.ts'
import { checkSessionOptions, type HarborageSessionServiceOptions } from './session-options.ts'
import { StoredSession, type LoadedSession, type SessionStores } from './stored-session.ts'
import { Turns } from './turns.ts'

/**
 * The sessions of ADK on Harborage: in memory, on SQLite or on Postgres. Pass it to a `Runner`.
 *
 * Its tenant is bound to it; ADK names the application, the user and the session of each call. An
 * event and what it changes of the state of the session, the user and the application are applied
 * in one commit, which is durable before a call resolves. Each key of the state is kept by itself,
 * so that concurrent changes of several keys keep all of them.
 *
 * In addition to the codes that they name, all methods may fail with `identity_required` and
 * `invalid_identity` for the tenant, the application, the user or the session, `invalid_record` for
 * another argument, and with the errors of the stores, such as `store_unavailable`,
 * `outcome_unknown`, `database_mismatch` and `store_closed`.
 *
 * @example
 * ```ts
 * import { createEvent } from '@google/adk'
 * import { HarborageSessionService } from '@harborage/adk'
 * import { openJournalStore } from '@harborage/journal'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * await using journal = await openJournalStore()
 * const tenant = { tenantId: 'acme' }
 * const sessions = new HarborageSessionService({ state, journal, tenant })
 * const session = await sessions.createSession({ appName: 'shop', userId: 'ann' })
 * const actions = { stateDelta: { 'user:size': 'M' } }
 * await sessions.appendEvent({ session, event: createEvent({ author: 'user', actions }) })
 * ```
 */
export class HarborageSessionService extends BaseSessionService {
  readonly #stores: SessionStores
  readonly #tenant: () => TenantOwner
  readonly #memory: MemoryStore | undefined
  readonly #isRefreshing: boolean
  readonly #turns = new Turns()

  /**
   * Makes a service. It reads and writes nothing.
   *
   * @throws `identity_required` or `invalid_identity` if the tenant is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageSessionServiceOptions) {
    super()
    const { state, journal, memory, tenant, staleSession } = checkSessionOptions(options)
    this.#stores = { state, journal }
    this.#memory = memory
    this.#tenant = bindTenant(tenant)
    this.#isRefreshing = staleSession === 'refresh'
  }

  /**
   * Makes a session, with its state in the same commit.
   *
   * @throws `condition_failed` if there is a session with this id. Nothing was changed.
   */
  override async createSession(request: CreateSessionRequest): Promise<Session> {
    const { appName, userId, state = {} } = request
    const sessionId = request.sessionId || randomUUID()
    const stored = this.#session({ appName, userId, sessionId })
    const created = await stored.create(state)
    return asSession(created)
  }

  /**
   * Resolves to a session as it was at one moment, or to `undefined` if there is none.
   *
   * @throws `schema_too_new` if a newer release wrote a part of it; `condition_failed` if others
   * changed it during each of 100 attempts.
   */
  override async getSession(request: GetSessionRequest): Promise<Session | undefined> {
    const range = checkRange(request.config)
    const loaded = await this.#session(request).load(range)
    return loaded && asSession(loaded)
  }

  /** Resolves to a session, and makes it if there is none. Concurrent callers get the same one. */
  override async getOrCreateSession(request: CreateSessionRequest): Promise<Session> {
    const { appName, userId, sessionId } = request
    if (!sessionId) return this.createSession(request)
    for (;;) {
      const session = await this.getSession({ appName, userId, sessionId })
      if (session !== undefined) return session
      try {
        return await this.createSession(request)
      } catch (error) {
        // Another caller has made it.
        if (!isHarborageError(error, 'condition_failed')) throw error
      }
    }
  }

  /**
   * Resolves to the sessions of a user, or of all users of the tenant, of one application, with
   * their state and without their events. It reads the head of each, also of those beyond
   * the `limit`.
   */
  override async listSessions(request: ListSessionsRequest): Promise<ListSessionsResponse> {
    const tenant = this.#tenant()
    const { heads, numbers } = await listSessions(this.#stores.state, tenant, request)
    const sessions: Session[] = []
    for (const head of heads) {
      const state = await new StoredSession(this.#stores, tenant, head).state()
      sessions.push(asSession({ head, state, events: [] }))
    }
    return { sessions, ...numbers }
  }

  /**
   * Deletes a session with its events and its state, and then what is remembered of it, if the
   * service has the `memory`. What its user and its application have of the state stays, and so do
   * artifacts. An event that is appended later is refused. Safe to repeat.
   */
  override async deleteSession(request: DeleteSessionRequest): Promise<void> {
    const tenant = this.#tenant()
    await new StoredSession(this.#stores, tenant, request).delete()
    const identity = sessionIdentity(tenant, request)
    await this.#memory?.passages.replace(identity, collectionOf(request.appName), [])
  }

  /**
   * Appends an event, and applies what it changes of the state, in one commit. An event with the id
   * of an earlier one takes its place. A repeated one changes nothing. A partial event is not kept.
   *
   * Calls for one session wait for each other in a process. If the call fails, the session object
   * is as it was.
   *
   * @throws `condition_failed` if others changed the session since the object was loaded, unless
   * `staleSession` is `'refresh'`: get the session again, and decide again; `not_found` if it was
   * deleted.
   */
  override async appendEvent({ session, event }: AppendEventRequest): Promise<Event> {
    if (event.partial === true) return event
    const { appName, userId, id: sessionId } = session
    const stored = this.#session({ appName, userId, sessionId })
    const appended = { ...checkEvent(event), bytes: encodeEvent(event) }
    const records = stored.recordsOf({ ...event.actions?.stateDelta })
    return this.#turns.take(stored.key, async () => {
      const refresh = this.#isRefreshing ? refreshed(session) : undefined
      const known = { lastUpdateTime: session.lastUpdateTime, refresh }
      const outcome = await stored.append({ ...appended, records }, known)
      if (outcome.isRefreshed) return event
      session.lastUpdateTime = outcome.lastUpdateTime
      const isHeld = outcome.isRepeated && session.events.some(({ id }) => id === event.id)
      if (isHeld) return event
      return super.appendEvent({ session, event })
    })
  }

  #session(session: AdkSession): StoredSession {
    return new StoredSession(this.#stores, this.#tenant(), session)
  }
}

/** Returns a function that puts a session as it was loaded into the object of a caller. */
function refreshed(session: Session): (loaded: LoadedSession) => void {
  return (loaded) => {
    const { state, events, lastUpdateTime } = asSession(loaded)
    // Never stored, and needed by the invocation that runs.
    const isTemporary = ([key]: readonly [string, unknown]): boolean => key.startsWith('temp:')
    const temporary = Object.fromEntries(Object.entries(session.state).filter(isTemporary))
    Object.assign(session, { state: { ...state, ...temporary }, events, lastUpdateTime })
  }
}

function asSession({ head, state, events }: LoadedSession): Session {
  const { sessionId: id, appName, userId, lastUpdateTime } = head
  return createSession({ id, appName, userId, state, events: events.map(asEvent), lastUpdateTime })
}

/** Returns an event that ADK recognizes as one. */
function asEvent(stored: StoredEvent): Event {
  return { ...createEvent(), ...stored }
}
