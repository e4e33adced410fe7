import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { HarborageError, isHarborageError } from '../harborage-error.ts'
import { errorOfFindings, type Finding } from '../finding.ts'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import { isSqlFailure } from './sql-failure.ts'
import { compileStatement } from './sql-statement.ts'
import type { StoredObjects, TableSpec } from './table-spec.ts'

/** The migrations of one store, with a ledger and a lock of its own. */
export interface Subsystem {
  /**
   * The name within those of the ledger and the lock, `harbor_state_migrations` and
   * `harbor-state-migrations`: 1 to 40 lower-case letters, digits and `_`. It is unique among
   * stores: `state`, `artifacts` and `memory` are those of Harborage.
   */
  readonly name: string
  /** The npm package of the store, for the advice to upgrade it. */
  readonly packageName: string
  /** Forward-only migrations by name. They are applied in the order of their names. */
  readonly migrations: Readonly<Record<string, SchemaChange>>
  /**
   * The tables after all migrations, in the order in which calls lock them. A migration locks all
   * of them before it changes anything, see {@link SqlDatabase.migrate}: locking one by one could
   * deadlock with calls. Default: none.
   */
  readonly tables?: readonly TableSpec[]
}

/**
 * One migration, written once for all engines.
 * @param schema The schema of the tables, on engines that have schemas. `db` already uses it; raw
 * SQL has to name it.
 */
export type SchemaChange = (
  db: Kysely<NoTables>,
  dialect: SqlDialect,
  schema: string | undefined,
) => Promise<void>

/**
 * Applies the pending migrations of a subsystem, or only checks that there are none. Then checks
 * that this database role can work with the tables. On a database that is up to date this takes two
 * reads, which are sent together. If migrations are pending, the engine takes its lock and Kysely's
 * Migrator reads the ledger again under it, so a process that waited for another one's migrations
 * applies only what is still missing.
 *
 * @throws `schema_too_new`, `schema_outdated` (only with `'verify'`), `migration_failed`;
 * `invalid_config` if rows are hidden from the role, or a table or trigger is gone, or the name of
 * the subsystem is malformed or that of another store.
 */
export async function migrateSubsystem(
  database: SqlDatabase,
  subsystem: Subsystem,
  mode: 'apply' | 'verify',
): Promise<void> {
  checkSubsystemName(subsystem)
  const objects = objectsOf(database, subsystem)
  const [ledger, inspection] = await Promise.allSettled([
    pendingMigrations(database, subsystem),
    database.inspect(objects),
  ])
  if (ledger.status === 'rejected') throw ledger.reason
  if (inspection.status === 'rejected') throw inspection.reason
  const pending = ledger.value
  if (pending.length === 0) {
    // They may have been created after the inspection and before the ledger was read.
    return refuse(inspection.value.length === 0 ? [] : await database.inspect(objects))
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
  await applyMigrations(database, subsystem)
  refuse(await database.inspect(objects))
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

function objectsOf({ dialect }: SqlDatabase, subsystem: Subsystem): StoredObjects {
  const { tables = [] } = subsystem
  const ofOrders = tables.flatMap((table) =>
    (table.keyOrders ?? []).map((order) => dialect.keyOrders.objectsOf(table, order)),
  )
  return {
    tables: [
      ...tables.map(({ name }) => name),
      ...ofOrders.flatMap((objects) => objects.tables),
      ledgerOf(subsystem),
    ],
    triggers: ofOrders.flatMap(({ triggers }) => triggers),
  }
}

function refuse(findings: readonly Finding[]): void {
  const refusal = errorOfFindings(findings)
  if (refusal !== undefined) throw refusal
}

async function applyMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  const { name, tables = [] } = subsystem
  // Without the tables of key orders: a walk locks these first, a save locks the main table first.
  const lock = {
    name: `harbor-${name}-migrations`,
    tables: tables.map((table) => table.name),
  }
  try {
    await database.migrate(lock, async (db) => {
      const migrator = new Migrator({
        db,
        provider: { getMigrations: async () => changesOf(subsystem, database) },
        migrationTableName: ledgerOf(subsystem),
        migrationLockTableName: `${ledgerOf(subsystem)}_lock`,
        ...(database.schema === undefined ? {} : { migrationTableSchema: database.schema }),
      })
      const { error } = await migrator.migrateToLatest()
      if (error !== undefined) throw migrationFailed(name, error)
    })
  } catch (error) {
    await refuseNewer(database, subsystem)
    throw error
  }
}

/**
 * Checks whether a newer version has migrated while this one waited for the lock. If that check
 * fails, the earlier error says more.
 *
 * @throws `schema_too_new` if it has.
 */
async function refuseNewer(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  try {
    await pendingMigrations(database, subsystem)
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

async function pendingMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<string[]> {
  const applied = await appliedMigrations(database, subsystem)
  const known = Object.keys(subsystem.migrations)
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new HarborageError(
      'schema_too_new',
      `the ${subsystem.name} tables were migrated by a newer version (unknown here: ${unknown.join(', ')}): ` +
        `upgrade ${subsystem.packageName}`,
    )
  }
  return known.filter((name) => !applied.includes(name))
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
