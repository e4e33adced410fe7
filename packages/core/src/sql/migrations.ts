import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { HarborageError, isHarborageError } from '../harborage-error.ts'
import { errorOfFindings, type Finding } from '../finding.ts'
import type { NoTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import { isSqlFailure } from './sql-failure.ts'
import { compileStatement } from './sql-statement.ts'
import { hasOptional, variantOf } from './optional-migration.ts'
import type { StoredObjects } from './table-spec.ts'
import type { Subsystem } from './subsystem.ts'

/**
 * Applies the pending migrations of a subsystem, or only checks that there are none. Then checks
 * that this database role can work with the tables. On a database that is up to date this takes two
 * reads, which are sent together, and a third one if its optional migration differs from what the
 * caller says. If migrations are pending, the engine takes its lock and Kysely's
 * Migrator reads the ledger again under it, so a process that waited for another one's migrations
 * applies only what is still missing.
 *
 * @returns Whether the database has the optional migration of the subsystem.
 * @throws `schema_too_new`, `schema_outdated` (only with `'verify'`), `migration_failed`;
 * `invalid_config` if rows are hidden from the role, a table or trigger is gone, the engine lacks a
 * module that a table needs, or the first
 * opening of the database decided otherwise about the optional migration, or the name of the
 * subsystem is malformed or that of another store.
 */
export async function migrateSubsystem(
  database: SqlDatabase,
  subsystem: Subsystem,
  mode: 'apply' | 'verify',
): Promise<boolean> {
  checkSubsystemName(subsystem)
  const guessed = variantOf(subsystem, subsystem.optional?.isWanted ?? false)
  const [ledger, inspection] = await Promise.allSettled([
    appliedMigrations(database, subsystem),
    database.inspect(objectsOf(database, guessed)),
  ])
  if (ledger.status === 'rejected') throw ledger.reason
  refuseUnknown(subsystem, ledger.value)
  if (inspection.status === 'rejected') throw inspection.reason
  const has = hasOptional(subsystem, ledger.value)
  const variant = variantOf(subsystem, has)
  const pending = Object.keys(variant.migrations).filter((name) => !ledger.value.includes(name))
  if (pending.length === 0) {
    // They may have been created after the inspection and before the ledger was read.
    const isSound = inspection.value.length === 0 && variant.tables === guessed.tables
    refuse(isSound ? [] : await database.inspect(objectsOf(database, variant)))
    return has
  }
  // Migrations create missing tables. Hidden rows of the ledger would make migrations seem pending.
  refuse(inspection.value.filter(({ name }) => name === HIDDEN_ROWS))
  if (mode === 'verify') {
    throw new HarborageError(
      'schema_outdated',
      `the ${subsystem.name} tables lack the migrations ${pending.join(', ')}: ` +
        "open the store once with migrate: 'apply' in a process that may change the tables",
    )
  }
  const migrated = await applyMigrations(database, subsystem)
  refuse(await database.inspect(objectsOf(database, variantOf(subsystem, migrated))))
  return migrated
}

/**
 * Postgres shortens a name to 63 bytes, and would give the ledger and its lock table,
 * `harbor_…_migrations_lock`, one name.
 */
const MAX_NAME_LENGTH = 40

/** The package of each store by the name of its subsystem: those of Harborage, and all in use. */
const packagesByName = new Map([
  ['state', '@harborage/state'],
  ['artifacts', '@harborage/artifacts'],
  ['memory', '@harborage/memory'],
  ['steps', '@harborage/core'],
])

/** Checks the name, of which names of tables are made, and reserves it for the package. */
function checkSubsystemName({ name, packageName }: Subsystem): void {
  const given: unknown = name
  if (typeof given !== 'string' || !/^[a-z0-9_]+$/.test(given) || given.length > MAX_NAME_LENGTH) {
    throw new HarborageError(
      'invalid_config',
      `the name of a subsystem is malformed: use 1 to ${MAX_NAME_LENGTH} lower-case letters, digits and "_"`,
    )
  }
  const owner = packagesByName.get(name) ?? packageName
  packagesByName.set(name, owner)
  if (owner === packageName) return
  throw new HarborageError(
    'invalid_config',
    `the subsystem "${name}" is that of ${owner}: give the one of ${packageName} a name of its own`,
  )
}

/** The name of an engine's finding that the role does not see all rows of a table. */
const HIDDEN_ROWS = 'hidden_rows'

/** The name of an engine's finding that it lacks what a table is made with. */
const MISSING_MODULE = 'missing_module'

function objectsOf({ dialect }: SqlDatabase, subsystem: Subsystem): StoredObjects {
  const { tables = [] } = subsystem
  const ofOrders = tables.flatMap((table) =>
    (table.keyOrders ?? []).map((order) => dialect.keyOrders.objectsOf(table, order)),
  )
  const ofWords = tables.flatMap((table) =>
    table.words === undefined ? [] : [dialect.words.objectsOf(table, table.words)],
  )
  const keeping = [...ofOrders, ...ofWords]
  return {
    tables: [
      ...tables.map(({ name }) => name),
      ...keeping.flatMap((objects) => objects.tables),
      ledgerOf(subsystem),
    ],
    triggers: keeping.flatMap(({ triggers }) => triggers),
    modules: keeping.flatMap(({ modules = [] }) => modules),
  }
}

function refuse(findings: readonly Finding[]): void {
  const refusal = errorOfFindings(findings)
  if (refusal !== undefined) throw refusal
}

/** Applies the pending migrations, and resolves to whether the database has the optional one. */
async function applyMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<boolean> {
  const { name, tables = [] } = subsystem
  // Without the tables of key orders: a walk locks these first, a save locks the main table first.
  const lock = {
    name: `harbor-${name}-migrations`,
    tables: tables.map((table) => table.name),
  }
  try {
    return await database.migrate(lock, async (db) => {
      const migratorOf = (variant: Subsystem): Migrator =>
        new Migrator({
          db,
          provider: { getMigrations: async () => changesOf(variant, database) },
          migrationTableName: ledgerOf(subsystem),
          migrationLockTableName: `${ledgerOf(subsystem)}_lock`,
          ...(database.schema === undefined ? {} : { migrationTableSchema: database.schema }),
        })
      // Another process may have opened the database first.
      const known = await migratorOf(variantOf(subsystem, true)).getMigrations()
      const applied = known.filter(({ executedAt }) => executedAt !== undefined)
      const has = hasOptional(
        subsystem,
        applied.map((migration) => migration.name),
      )
      const { error } = await migratorOf(variantOf(subsystem, has)).migrateToLatest()
      if (error !== undefined) throw migrationFailed(name, error)
      return has
    })
  } catch (error) {
    await refuseNewer(database, subsystem)
    await refuseLacking(database, subsystem)
    throw error
  }
}

/**
 * Checks whether the engine lacks a module. If that check fails, the earlier error says more.
 *
 * @throws `invalid_config` if it does.
 */
async function refuseLacking(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  const [inspection] = await Promise.allSettled([
    database.inspect(objectsOf(database, variantOf(subsystem, true))),
  ])
  if (inspection.status === 'rejected') return
  refuse(inspection.value.filter(({ name }) => name === MISSING_MODULE))
}

/**
 * Checks whether a newer version has migrated while this one waited for the lock. If that check
 * fails, the earlier error says more.
 *
 * @throws `schema_too_new` if it has.
 */
async function refuseNewer(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  try {
    refuseUnknown(subsystem, await appliedMigrations(database, subsystem))
  } catch (error) {
    if (isHarborageError(error, 'schema_too_new')) throw error
  }
}

function migrationFailed(name: string, cause: unknown): HarborageError {
  return new HarborageError(
    'migration_failed',
    `the migration of the ${name} tables failed and was rolled back: fix the cause and open again`,
    { cause },
  )
}

/** @throws `schema_too_new` if a newer version applied a migration that is unknown here. */
function refuseUnknown(subsystem: Subsystem, applied: readonly string[]): void {
  const known = Object.keys(variantOf(subsystem, true).migrations)
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new HarborageError(
    'schema_too_new',
    `the ${subsystem.name} tables were migrated by a newer version (unknown here: ${unknown.join(', ')}): ` +
      `upgrade ${subsystem.packageName}`,
  )
}

async function appliedMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<string[]> {
  const ledger = compileStatement(
    `harbor_${subsystem.name}_ledger`,
    () =>
      database.builder
        .$extendTables<Record<string, { name: string }>>()
        .selectFrom(ledgerOf(subsystem))
        .select('name')
        .orderBy('name'),
    { isShortRead: true, repeat: 'reads' },
  )
  try {
    const rows = await database.rows(ledger, {})
    return rows.map((row) => row.name)
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return []
    throw error
  }
}

function ledgerOf(subsystem: Subsystem): string {
  return `harbor_${subsystem.name}_migrations`
}

function changesOf(
  { migrations }: Subsystem,
  { dialect, schema }: SqlDatabase,
): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, change]) => [
      name,
      { up: (db: Kysely<NoTables>) => change(db, dialect, schema) },
    ]),
  )
}
