import { HarborageError, isHarborageError, openDatabase } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'

/** How a saver opens its database. */
export interface ConnectionOptions {
  /**
   * Where the threads are kept, such as `sqlite:./agent.db` or `postgres://user@host/name`. A text
   * without a scheme is the path of an SQLite file.
   */
  readonly dsn: string
  /** The schema of the tables, on Postgres. Default: the current schema of the role. */
  readonly schema?: string | undefined
  /**
   * `'apply'` makes the tables when the database is opened. `'verify'` fails with `schema_outdated`
   * instead. Default: `'apply'`.
   */
  readonly migrate?: 'apply' | 'verify' | undefined
}

/** An open state store, and how to close what was opened for it. */
interface Opened {
  readonly state: StateStore
  readonly close: () => Promise<void>
}

/**
 * The state store of a saver: one that was passed to it, or one that it opens when it is needed.
 */
export class Connection {
  readonly #open: () => Promise<Opened>
  #opened: Promise<Opened> | undefined
  #isEnded = false

  private constructor(open: () => Promise<Opened>) {
    this.#open = open
  }

  /** Returns the connection to a state store that is open. It stays open. */
  static to(state: StateStore): Connection {
    return new Connection(async () => ({ state, close: async () => {} }))
  }

  /** Returns a connection that opens a database at its first use. */
  static opening(options: ConnectionOptions): Connection {
    return new Connection(() => open(options))
  }

  /**
   * Resolves to the open state store. An opening that failed is tried again by the next call.
   *
   * @throws `store_closed` after {@link end}, and the errors of opening.
   */
  async state(): Promise<StateStore> {
    if (this.#isEnded) throw ended()
    this.#opened ??= this.#open()
    const opening = this.#opened
    try {
      return (await opening).state
    } catch (error) {
      if (this.#opened === opening) this.#opened = undefined
      throw error
    }
  }

  /** Closes what was opened. */
  async end(): Promise<void> {
    this.#isEnded = true
    const opened = await this.#opened?.catch(() => undefined)
    await opened?.close()
  }
}

function ended(): HarborageError {
  return new HarborageError(
    'store_closed',
    'end() was called on this saver: make a new one for further calls',
  )
}

async function open({ dsn, schema, migrate = 'apply' }: ConnectionOptions): Promise<Opened> {
  const place = isPath(dsn) ? `sqlite:${dsn}` : dsn
  if (/^memory:/i.test(place) && schema === undefined) {
    const state = await openStateStore({ dsn: place, migrate })
    return { state, close: () => state.close() }
  }
  const database = await openDatabase(place, schema === undefined ? {} : { schema })
  const close = async (state?: StateStore): Promise<void> => {
    await state?.close()
    await database.close()
  }
  try {
    const state = await withoutKindIndex(database, migrate)
    return { state, close: () => close(state) }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens the state store without the order of kinds, which a saver does not need. A database that
 * has it keeps it.
 */
async function withoutKindIndex(
  database: Awaited<ReturnType<typeof openDatabase>>,
  migrate: 'apply' | 'verify',
): Promise<StateStore> {
  try {
    return await openStateStore({ database, migrate, kindIndex: false })
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return openStateStore({ database, migrate })
  }
}

/** Returns whether a text is a path, since it has no scheme. A single letter is a Windows drive. */
function isPath(dsn: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(dsn)
}
