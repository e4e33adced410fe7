import { types } from 'node:util'
import { z } from 'zod'
import type { Database } from './database.ts'
import { HarborageError, isHarborageError } from './harborage-error.ts'
import { nearestName } from './kit/nearest-name.ts'
import { has, isObjectOf, withoutInherited } from './kit/object-of-names.ts'

/**
 * Where a store keeps its data. Pass a DSN, a driver with its DSN, or an open database. Without any
 * of them the store keeps its data in memory.
 */
export interface StoreConfig {
  /**
   * The registered name of a driver, such as `sqlite`. Default: the driver that the scheme of the
   * DSN selects.
   */
  readonly driver?: string
  /**
   * Where the data is, such as `sqlite:./agent.db`, `postgres://user@host/name` or `memory:`. The
   * store opens the database and closes it. Default: memory.
   */
  readonly dsn?: string | undefined
  /** An open database, which other stores may share. The store does not close it. */
  readonly database?: Database
  /**
   * `'apply'` runs pending migrations when the store is opened. `'verify'` changes nothing and
   * fails with `schema_outdated` if a migration is pending, so the application needs no permission
   * to change tables. Default: `'apply'`.
   */
  readonly migrate?: 'apply' | 'verify'
}

/** Checks for the members of {@link Database} only. Stores check whether it is an SQL engine. */
const database = z.custom<Database>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'engine' in value &&
    typeof value.engine === 'string',
  {
    error: ({ input }) =>
      types.isPromise(input)
        ? 'is a promise of a database: write await before openDatabase(), openSqlite() or openPostgres()'
        : 'must be a database that openSqlite() or openPostgres() returned',
  },
)

const storeConfig = z
  .strictObject({
    driver: z.string().min(1).exactOptional(),
    dsn: z.string().min(1).exactOptional(),
    database: database.exactOptional(),
    migrate: z.enum(['apply', 'verify']).exactOptional(),
  })
  .refine(
    (config) => config.database === undefined || (config.dsn ?? config.driver) === undefined,
    {
      error: 'give either database, or driver and dsn, not both',
    },
  )

/**
 * Checks the configuration of a store and returns it.
 *
 * @throws `invalid_config`, naming each wrong field but never its value.
 */
export function parseStoreConfig(config: StoreConfig): StoreConfig {
  return parseConfig(storeConfig, config)
}

/**
 * Checks a configuration against its schema and returns the parsed one.
 *
 * @throws `invalid_config`, naming each wrong field but never its value, which may contain a
 * password.
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  config: unknown,
): z.output<Schema> {
  const { data, faults } = readConfig(schema, config)
  if (faults === undefined) return data
  throw invalid(faults)
}

/**
 * Returns the part of a store's configuration that says where it keeps its data.
 *
 * @param own The names of the options that only this store has.
 *
 * @throws `invalid_config` if it cannot be read, or has an unknown option.
 */
export function storeConfigOf(config: StoreConfig, own: readonly string[]): StoreConfig {
  const places = Object.keys(storeConfig.shape)
  const known = [...places, ...own]
  try {
    const unknown = Object.keys(config).filter((name) => !known.includes(name))
    if (unknown.length > 0) throw invalid([faultOfNames(unknown, known)])
    refuseOtherObject(known, config)
    // Inherited ones count, too: a store without a place would keep its data in memory.
    const given = places.filter((name) => has(config, name))
    return Object.fromEntries(given.map((name) => [name, Reflect.get(config, name)]))
  } catch (cause) {
    if (isHarborageError(cause)) throw cause
    throw unreadable(cause)
  }
}

/** Rejects a promise, a Map or an array, whose options would all be left out. */
function refuseOtherObject(names: readonly string[], config: unknown): void {
  if (isObjectOf(names, config)) return
  throw invalid([
    types.isPromise(config)
      ? 'it is a promise: await it'
      : `pass an object with some of ${names.join(', ')}`,
  ])
}

type ReadConfig<Data> =
  | { readonly data: Data; readonly faults?: undefined }
  | { readonly data?: undefined; readonly faults: readonly string[] }

/**
 * Parses a configuration. Reading it may throw, and so may formatting the issues, which reads it
 * again.
 */
function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  config: unknown,
): ReadConfig<z.output<Schema>> {
  try {
    const parsed = schema.safeParse(withoutInherited(config))
    if (parsed.success) return { data: parsed.data }
    return { faults: parsed.error.issues.map((issue) => faultOf(issue, schema)) }
  } catch (cause) {
    throw unreadable(cause)
  }
}

function faultOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.path.length > 0) return `${issue.path.join('.')}: ${issue.message}`
  if (issue.code !== 'unrecognized_keys') return issue.message
  return faultOfNames(issue.keys, Object.keys(shapeOf(schema) ?? {}))
}

/** Returns the options of a schema. It may have a transform, and be of another copy of zod. */
function shapeOf(schema: object): object | undefined {
  const shape = 'shape' in schema ? schema.shape : undefined
  if (typeof shape === 'object' && shape !== null) return shape
  const input = 'in' in schema ? schema.in : undefined
  return typeof input === 'object' && input !== null ? shapeOf(input) : undefined
}

/** The largest number of unknown options that a message names. Those of a Buffer are its bytes. */
const MAX_NAMED = 5

/** Describes the unknown options, the known ones that were probably meant, and all known ones. */
function faultOfNames(unknown: readonly string[], known: readonly string[]): string {
  const named = unknown.slice(0, MAX_NAMED).map((name) => {
    // A DSN that is passed as a key may hold a password.
    if (!/^[\w-]{1,64}$/.test(name)) return 'another name'
    const nearest = nearestName(name, known)
    return nearest === undefined ? `"${name}"` : `"${name}" instead of "${nearest}"`
  })
  const options = unknown.length === 1 ? 'unknown option' : 'unknown options'
  const others = unknown.length - named.length
  if (others > 0) named.push(`${others} more`)
  return `${options} ${named.join(', ')}: it takes ${known.join(', ')}`
}

function invalid(faults: readonly string[]): HarborageError {
  return new HarborageError(
    'invalid_config',
    `the configuration is not valid: ${faults.join('; ')}`,
  )
}

function unreadable(cause: unknown): HarborageError {
  return new HarborageError(
    'invalid_config',
    'the configuration cannot be read: pass a plain object',
    { cause },
  )
}
