import type { Session } from '@google/adk'
import {
  commitTogether,
  HarborageError,
  isHarborageError,
  parseEventId,
  tenantOwner,
  type EventId,
  type Identity,
  type Part,
  type TenantOwner,
} from '@harborage/core'
import { digestOf } from '@harborage/core/adapter'
import type { NewEntry } from '@harborage/journal'
import { MAX_COMMIT_ENTRIES, type NewStateRecord } from '@harborage/state'
import { sessionIdentity, type AdkSession } from '../place.ts'
import { checkEvent, encodeEvent, entryOf, EVENTS } from '../session/event-payload.ts'
import { headRecord, SESSION } from '../session/session-record.ts'
import { StateSlots } from '../session/state-slots.ts'
import type { SessionStores } from '../session/stored-session.ts'
import {
  checkImportOptions,
  type ImportProgress,
  type ImportSessionsOptions,
} from './import-options.ts'

/** How often the import of a session starts again, because others changed it meanwhile. */
const MAX_ATTEMPTS = 100

/** The most events, and bytes of them, that are appended at once. */
const MAX_EVENTS = 500
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Imports sessions from a session service of ADK, such as its `DatabaseSessionService`, with their
 * events and their state. Each session is there as a whole or not at all, so that the import can be
 * called again after it ended for any reason: it goes on where it was. A session that is there
 * already is left as it is, and so is each key of the state of a user or the application. Stop what
 * writes to the old service first.
 *
 * @throws `invalid_config`, `identity_required` or `invalid_identity` if an option is malformed;
 * `invalid_record` if an event holds what JSON cannot represent; what the service, `onProgress` or
 * the signal throws; `condition_failed` if others changed a session during each of 100 attempts;
 * the errors of the stores, such as `store_unavailable`.
 *
 * @example
 * ```ts
 * import { InMemorySessionService } from '@google/adk'
 * import { importSessions } from '@harborage/adk'
 * import { openJournalStore } from '@harborage/journal'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * await using journal = await openJournalStore()
 * const from = new InMemorySessionService()
 * await from.createSession({ appName: 'shop', userId: 'ann' })
 * const tenant = { tenantId: 'acme' }
 * await importSessions({ from, state, journal, tenant, appName: 'shop' })
 * // { sessions: 1, total: 1, imported: 1, events: 0 }
 * ```
 */
export async function importSessions(options: ImportSessionsOptions): Promise<ImportProgress> {
  const { from, state, journal, appName, onProgress, signal } = checkImportOptions(options)
  const tenant = tenantOwner(options.tenant)
  const { userId } = options
  const request = userId === undefined ? { appName } : { appName, userId }
  const { sessions } = await from.listSessions(request)
  const total = sessions.length
  let progress: ImportProgress = { sessions: 0, total, imported: 0, events: 0 }
  for (const listed of sessions) {
    signal?.throwIfAborted()
    const key = { appName, userId: listed.userId, sessionId: listed.id }
    const session = await from.getSession(key)
    const isNew = session !== undefined && (await importOne({ state, journal }, tenant, session))
    progress = {
      sessions: progress.sessions + 1,
      total,
      imported: progress.imported + (isNew ? 1 : 0),
      events: progress.events + (isNew ? session.events.length : 0),
    }
    await onProgress?.(progress)
  }
  return progress
}

/** Imports a session, and resolves to whether it was not there yet. */
async function importOne(
  stores: SessionStores,
  tenant: TenantOwner,
  session: Session,
): Promise<boolean> {
  const { appName, userId, id: sessionId } = session
  const identity = sessionIdentity(tenant, { appName, userId, sessionId })
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if ((await stores.state.load(identity, SESSION)) !== undefined) return false
    try {
      return await importOnce(stores, tenant, identity, session)
    } catch (error) {
      if (!isHarborageError(error, 'condition_failed')) throw error
      // Someone has made the session meanwhile.
      if (error.part === 'session') return false
    }
    // The events that were appended were deleted meanwhile, or are those of an earlier source.
    await stores.journal.delete(identity, streamOf(identity))
  }
  throw new HarborageError(
    'condition_failed',
    `others changed a session during each of ${MAX_ATTEMPTS} attempts to import it: call again`,
  )
}

/**
 * Imports a session that is not there.
 *
 * @throws `condition_failed` if it is there by now, with the part `session`, or if the events that
 * were appended were deleted meanwhile.
 */
async function importOnce(
  stores: SessionStores,
  tenant: TenantOwner,
  identity: Identity,
  session: Session,
): Promise<true> {
  const { appName, userId, id: sessionId, lastUpdateTime } = session
  const key: AdkSession = { appName, userId, sessionId }
  const generation = generationOf(identity)
  const last = await appendMost(stores, identity, session)
  const head = { ...key, generation, lastUpdateTime, previousUpdateTime: 0 }
  const slots = new StateSlots(tenant, key)
  const own = Object.entries(session.state).filter(([name]) => !/^(app|user):/.test(name))
  const wide = Object.entries(session.state).filter(([name]) => /^(app|user):/.test(name))
  const { state, journal } = stores
  const parts: Record<string, Part<unknown>> = {
    session: state.prepare.commit({
      expect: [{ identity, kind: SESSION, eventId: null }],
      save: [headRecord(identity, head)],
    }),
  }
  for (const save of chunks(slots.records(Object.fromEntries(own)))) {
    parts[`own ${Object.keys(parts).length}`] = state.prepare.commit({ save })
  }
  for (const saveIfEmpty of chunks(slots.records(Object.fromEntries(wide)))) {
    parts[`wide ${Object.keys(parts).length}`] = state.prepare.commit({ saveIfEmpty })
  }
  if (last.entries.length > 0) {
    const { entries, ifPosition } = last
    // After a deletion of the session, the stream has another position.
    parts['events'] = journal.prepare.append(identity, streamOf(identity), entries, { ifPosition })
  }
  await commitTogether({ parts })
  return true
}

/** The last events of a session, which are appended in the commit that makes it. */
interface LastEvents {
  readonly entries: readonly NewEntry[]
  /** The position of the events before them. */
  readonly ifPosition: number
}

/**
 * Appends the events that are not there yet, but for the last ones. What an interrupted import
 * appended is found.
 */
async function appendMost(
  { journal }: SessionStores,
  identity: Identity,
  { events }: Session,
): Promise<LastEvents> {
  let batch: NewEntry[] = []
  let bytes = 0
  let ifPosition = 0
  const append = async (): Promise<void> => {
    await journal.append(identity, streamOf(identity), batch, { ifPosition })
    ifPosition += batch.length
    batch = []
    bytes = 0
  }
  // As appending them does: one with the id of an earlier one takes its place.
  const latest = new Map(events.map((event) => [checkEvent(event).id, event]))
  for (const event of latest.values()) {
    const entry = entryOf(checkEvent(event).id, encodeEvent(event))
    const isFull = batch.length === MAX_EVENTS || bytes + entry.bytes.byteLength > MAX_BYTES
    if (isFull && batch.length > 0) await append()
    batch.push(entry)
    bytes += entry.bytes.byteLength
  }
  return { entries: batch, ifPosition }
}

/** Returns the stream of the events of an imported session. */
function streamOf(identity: Identity): string {
  return `${EVENTS}${generationOf(identity)}`
}

/** Returns the generation of an imported session: the same one each time. */
function generationOf(identity: Identity): EventId {
  return parseEventId(`import-${digestOf(JSON.stringify(identity))}`)
}

function chunks(records: readonly NewStateRecord[]): readonly (readonly NewStateRecord[])[] {
  return Array.from({ length: Math.ceil(records.length / MAX_COMMIT_ENTRIES) }, (_, index) =>
    records.slice(index * MAX_COMMIT_ENTRIES, (index + 1) * MAX_COMMIT_ENTRIES),
  )
}
