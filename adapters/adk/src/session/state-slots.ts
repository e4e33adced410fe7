import { newEventId, tenantOwner, type Owner } from '@harborage/core'
import type { NewStateRecord, StateRecord, StateStore } from '@harborage/state'
import { decodePayload, encodePayload, type Payload } from '../payload.ts'
import { appPath, sessionIdentity, userIdentity, type AdkSession } from '../place.ts'
import { sessionNameOf } from '@harborage/core/adapter'
import type { Tenant } from '@harborage/core/adapter'

/** What the kinds of the state of a session begin with. The key follows. */
export const SESSION_STATE = 'adk.state/'
/** What the kinds of the state of a user begin with. The application and the key follow. */
export const USER_STATE = 'adk.user/'
/** What the kinds of the state of an application begin with. The application and the key follow. */
export const APP_STATE = 'adk.app/'

/** A value of the state, under its key without the prefix of its level. */
export interface StateValue {
  readonly key: string
  /** Missing once the key was set to `undefined`. */
  readonly value?: unknown
}

/** State of a session, by its keys with the prefixes of ADK. */
export type AdkState = Readonly<Record<string, unknown>>

/** A level of the state. */
interface Level {
  /** What the keys of the level begin with in ADK. */
  readonly prefix: string
  readonly owner: Owner
  readonly kindPrefix: string
}

/** The slots in which the state of a session is: its own, its user's and its application's. */
export class StateSlots {
  readonly #levels: readonly Level[]
  readonly #session: Level

  constructor(tenant: Tenant, session: AdkSession) {
    const app = appPath(session.appName)
    this.#session = {
      prefix: '',
      owner: sessionIdentity(tenant, session),
      kindPrefix: SESSION_STATE,
    }
    this.#levels = [
      { prefix: 'app:', owner: tenantOwner(tenant), kindPrefix: `${APP_STATE}${app}` },
      { prefix: 'user:', owner: userIdentity(tenant, session), kindPrefix: `${USER_STATE}${app}` },
      this.#session,
    ]
  }

  /** Resolves to the state, with the prefixes of ADK. */
  async load(state: StateStore): Promise<Record<string, unknown>> {
    const [app = [], user = [], session = []] = await Promise.all(
      this.#levels.map((level) => entriesOf(state, level)),
    )
    return Object.fromEntries([...session, ...app, ...user])
  }

  /**
   * Returns a record for each key of a change, each in a slot of its own, so that changes of
   * different keys never meet. A key that begins with `temp:` is left out.
   *
   * @throws `invalid_record` if a value holds what JSON cannot represent.
   */
  records(delta: AdkState): readonly NewStateRecord[] {
    return Object.entries(delta)
      .filter(([key]) => !key.startsWith('temp:'))
      .map(([key, value]) => this.#record(key, value))
  }

  #record(key: string, value: unknown): NewStateRecord {
    const level = this.#levels.find(({ prefix }) => key.startsWith(prefix)) ?? this.#session
    const { owner, kindPrefix, prefix } = level
    const name = key.slice(prefix.length)
    return {
      identity: owner,
      kind: `${kindPrefix}${sessionNameOf(name)}`,
      eventId: newEventId(),
      bytes: encodePayload({ key: name, ...(value === undefined ? {} : { value }) }),
    }
  }
}

/**
 * Returns the value that a slot of the state holds.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function readValue(record: Pick<StateRecord, 'bytes'>): StateValue {
  return decodePayload(record, isStateValue)
}

async function entriesOf(
  state: StateStore,
  { owner, kindPrefix, prefix }: Level,
): Promise<readonly (readonly [string, unknown])[]> {
  const entries: (readonly [string, unknown])[] = []
  for await (const record of state.list(owner, kindPrefix)) {
    const stored = readValue(record)
    if ('value' in stored) entries.push([`${prefix}${stored.key}`, stored.value])
  }
  return entries
}

function isStateValue(content: Payload): content is Payload & StateValue {
  return typeof content['key'] === 'string'
}
