import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import {
  commitTogether,
  createEventBus,
  HarborageError,
  type Database,
  type EventBus,
} from '@harborage/core'
import { openJournalStore, type JournalDriverOptions, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryRules, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateDriverOptions, type StateStore } from '@harborage/state'
import { openDatabaseAt } from './open-database-at.ts'

/** The configuration of {@link openHarborage}. */
export interface HarborageConfig {
  /**
   * Where the data is: `sqlite:./agent.db`, `postgres://user@host/name` or `memory:`. Default:
   * memory, which keeps nothing. `undefined` is refused, since an environment variable that is not
   * set would keep nothing, too.
   */
  readonly dsn?: string
  /** An open database, in place of a DSN. It stays open when the stores are closed. */
  readonly database?: Database
  /** The schema of all tables on Postgres. Default: the current schema of the role. */
  readonly schema?: string
  /** `'verify'` changes no tables, and fails if some are missing. Default: `'apply'`. */
  readonly migrate?: 'apply' | 'verify'
  /** Whether slots have an order of their kinds, as `openStateStore` takes it. */
  readonly state?: StateDriverOptions
  /** The rules of conversations, as `openMemoryStore` takes them. Default: no turns are kept. */
  readonly memory?: Omit<MemoryRules, 'bus'>
  /** How often followers of streams ask the database, as `openJournalStore` takes it. */
  readonly journal?: JournalDriverOptions
  /** Where events are published. Default: a bus of its own. */
  readonly bus?: EventBus
}

/** The open stores of one database. */
export interface Harborage extends AsyncDisposable {
  /** The database, which other stores may share; `undefined` in memory. */
  readonly database: Database | undefined
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
  readonly journal: JournalStore
  /** Where the stores publish events. */
  readonly bus: EventBus
  /** Applies the parts of a step in one commit: the function of `@harborage/core`. */
  readonly commitTogether: typeof commitTogether
  /**
   * Closes the stores, and then the database, unless it was passed. Waits for calls in flight.
   * Idempotent.
   */
  close(): Promise<void>
}

const names: readonly string[] = [
  ...['dsn', 'database', 'schema', 'migrate'],
  ...['state', 'memory', 'journal', 'bus'],
]

/**
 * Opens the state, artifact, memory and journal stores on one database. SQLite works at once. For
 * Postgres, install `@harborage/driver-postgres` as well. If opening fails, nothing stays open.
 *
 * @param config Default: everything in memory.
 * @throws `invalid_config` if an option is malformed or unknown, or the driver of the DSN is not
 * installed; `unknown_driver` if no driver is known for the scheme of the DSN; `store_unavailable`
 * if the database cannot be reached; `strategy_not_implemented`; `migration_failed`, or under
 * `migrate: 'verify'` `schema_outdated`; `schema_too_new` if a newer release made the tables.
 *
 * @example
 * ```ts
 * import { newEventId, openHarborage } from 'harborage'
 *
 * await using harborage = await openHarborage({
 *   dsn: 'sqlite::memory:',
 *   memory: { strategy: 'truncation', budgetTokens: 4_000 },
 * })
 * const { state, artifacts, memory, journal, commitTogether } = harborage
 * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * const bytes = new TextEncoder().encode('step 1')
 * const stepId = newEventId()
 * await commitTogether({
 *   stepId,
 *   parts: {
 *     saved: state.prepare.save({ eventId: stepId, identity: session, kind: 'step', bytes }),
 *     output: artifacts.prepare.putText(session, 'a long tool output'),
 *     turn: memory.prepare.addTurn(session, { userMessage: 'Hello.', assistantResponse: 'Hi.' }),
 *     event: journal.prepare.append(session, 'events', [{ entryId: stepId, bytes }]),
 *   },
 * })
 * ```
 */
export async function openHarborage(config: HarborageConfig = {}): Promise<Harborage> {
  const { dsn, database: shared, schema, migrate = 'apply' } = checked(config)
  const bus = config.bus ?? createEventBus()
  const opened = new AsyncDisposableStack()
  try {
    const database = shared ?? (await openDatabaseAt(dsn, schema))
    if (database !== undefined && shared === undefined) opened.use(database)
    const place = database === undefined ? {} : { database, migrate }
    const state = opened.use(await openStateStore({ ...config.state, ...place }))
    const artifacts = opened.use(await openArtifactStore(place))
    const memory = opened.use(await openMemoryStore({ ...config.memory, ...place, bus }))
    const journal = opened.use(await openJournalStore({ ...config.journal, ...place }))
    let closing: Promise<void> | undefined
    const close = (): Promise<void> => (closing ??= opened.disposeAsync())
    return {
      database,
      state,
      artifacts,
      memory,
      journal,
      bus,
      commitTogether,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

type Unchecked = { readonly [Name in keyof HarborageConfig]: unknown }

/** Rejects what would be ignored. The stores check the values. */
function checked(config: HarborageConfig): HarborageConfig {
  const given: unknown = config
  if (typeof given !== 'object' || given === null) {
    throw invalid('pass an object with some of its options')
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    // A DSN that is passed as a name may hold a password.
    const name = /^\w{1,40}$/v.test(unknown) ? ` ${unknown}` : ' of another name'
    throw invalid(`it has an option${name}, and takes ${names.join(', ')}`)
  }
  const { dsn, database, schema, migrate }: Unchecked = config
  for (const place of ['dsn', 'database'] as const) {
    if (place in config && config[place] === undefined) {
      throw invalid(`${place} is undefined: leave it out to keep everything in memory`)
    }
  }
  if (dsn !== undefined && (typeof dsn !== 'string' || dsn === '')) {
    throw invalid('dsn is no string, or empty')
  }
  if (migrate !== undefined && migrate !== 'apply' && migrate !== 'verify') {
    throw invalid("migrate is neither 'apply' nor 'verify'")
  }
  if (database !== undefined && (dsn ?? schema) !== undefined) {
    throw invalid('give either database, or dsn and schema, not both')
  }
  for (const store of ['state', 'memory', 'journal'] as const) refusePlace(store, config[store])
  return config
}

/** Rejects options of a store that are said once for all stores. */
function refusePlace(store: string, options: unknown): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) throw invalid(`${store} is no object`)
  const name = [...names, 'driver'].find((each) => each in options)
  if (name !== undefined) throw invalid(`${store} cannot have ${name} of its own`)
}

function invalid(fault: string): HarborageError {
  return new HarborageError('invalid_config', `the configuration is not valid: ${fault}`)
}
