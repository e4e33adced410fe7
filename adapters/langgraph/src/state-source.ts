import { isHarborageError, openDatabase } from '@harborage/core'
import { openStateStore, type StateStore, type StateStoreConfig } from '@harborage/state'

/** Where a saver or a store gets its state store from, for example by opening it. */
export interface StateSource {
  /** Resolves to the state store, the same one at each call. Called before each operation. */
  readonly open: () => Promise<StateStore>
  /** Called once, when the saver or the store is ended and its calls are done. */
  readonly close: () => Promise<void>
}

/** Where a source opens its state store, and how. */
export interface SourceConfig extends Pick<StateStoreConfig, 'driver' | 'migrate'> {
  /** A DSN, or the path of an SQLite file. */
  readonly dsn: string
  /** The schema of the tables, on Postgres. Default: the current schema of the role. */
  readonly schema?: string
}

/** The names of what a {@link SourceConfig} has besides the DSN. */
export const connectionNames = ['driver', 'migrate', 'schema'] as const

/** What a {@link SourceConfig} has besides the DSN, of which each may be left out. */
type Connection = {
  readonly [Name in (typeof connectionNames)[number]]: SourceConfig[Name] | undefined
}

/** An open state store, and how to close what was opened for it. */
interface Opened {
  readonly state: StateStore
  readonly close: () => Promise<void>
}

/**
 * Returns a source that opens a state store when it is asked for the first time. After a failure it
 * tries again when it is asked the next time.
 */
export function stateAt(
  dsn: string,
  { driver, migrate, schema }: Partial<Connection> = {},
): StateSource {
  const config = {
    dsn,
    ...(driver === undefined ? {} : { driver }),
    ...(migrate === undefined ? {} : { migrate }),
    ...(schema === undefined ? {} : { schema }),
  }
  let opening: Promise<Opened> | undefined
  const open = async (): Promise<StateStore> => {
    const attempt = (opening ??= openAt(config))
    try {
      return (await attempt).state
    } catch (error) {
      if (opening === attempt) opening = undefined
      throw error
    }
  }
  const close = async (): Promise<void> => {
    const opened = await opening?.catch(() => undefined)
    await opened?.close()
  }
  return { open, close }
}

async function openAt({ dsn, schema, ...options }: SourceConfig): Promise<Opened> {
  const place = hasScheme(dsn) || options.driver !== undefined ? dsn : `sqlite:${dsn}`
  if (schema === undefined) {
    const state = await openWithoutKindIndex({ ...options, dsn: place })
    return { state, close: () => state.close() }
  }
  const database = await openDatabase(place, { schema })
  try {
    const state = await openWithoutKindIndex({ ...options, database })
    const close = async (): Promise<void> => {
      await state.close()
      await database.close()
    }
    return { state, close }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Returns whether the database of a DSN or path is one that has no schemas. */
export function withoutSchemas(dsn: string): boolean {
  return !hasScheme(dsn) || /^(?:sqlite|file|memory):/i.test(dsn)
}

/** Returns whether a text is a DSN, and no path. A single letter is a Windows drive. */
function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text)
}

/**
 * Opens a state store. Declines the order of `listKind`, which no adapter needs, unless the
 * database keeps it already.
 */
async function openWithoutKindIndex(config: StateStoreConfig): Promise<StateStore> {
  try {
    return await openStateStore({ ...config, kindIndex: false })
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return openStateStore(config)
  }
}
