import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { isHarborageError } from '../errors/harborage-error.ts'
import { MigrationFailedError, SchemaOutdatedError, SchemaTooNewError } from '../errors/errors.ts'
import type { NoTables, SqlDatabase, SqlTraits } from './sql-database.ts'
import { isSqlFailure } from './sql-failure.ts'
import { compileStatement } from './sql-statement.ts'

/** The migrations of one store, which has its own ledger and its own lock. */
export interface Subsystem {
  /** Part of the names of the ledger and the lock: `harbor_state_migrations`, `harbor-state-migrations`. */
  readonly name: 'state' | 'artifacts' | 'memory'
  /** Forward-only migrations by name; the names sort in the order in which they are applied. */
  readonly migrations: Readonly<Record<string, SchemaChange>>
}

/**
 * One migration, written once for all engines.
 *
 * @param schema Where the tables are, on engines that have schemas. `db` knows it; SQL that Kysely does not write has
 * to name it.
 */
export type SchemaChange = (
  db: Kysely<NoTables>,
  traits: SqlTraits,
  schema: string | undefined,
) => Promise<void>

/**
 * Brings the tables of a subsystem up to date, or only checks that they are. On a database that is up to date this is
 * one read.
 *
 * @throws `schema_too_new`, `schema_outdated` (only with `'verify'`), `migration_failed`.
 */
export async function migrateSubsystem(
  database: SqlDatabase,
  subsystem: Subsystem,
  mode: 'apply' | 'verify',
): Promise<void> {
  const pending = await pendingMigrations(database, subsystem)
  if (pending.length === 0) return
  if (mode === 'verify') {
    throw new SchemaOutdatedError(
      `the ${subsystem.name} tables lack the migrations ${pending.join(', ')}: ` +
        "open the store once with migrate: 'apply' under a role that may change tables",
    )
  }
  await applyMigrations(database, subsystem)
}

async function applyMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  const { name } = subsystem
  try {
    await database.migrate(`harbor-${name}-migrations`, async (db) => {
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
 * A newer version may have migrated while this one waited for the lock. If that cannot be asked, what failed before says
 * more.
 *
 * @throws `schema_too_new`
 */
async function refuseNewer(database: SqlDatabase, subsystem: Subsystem): Promise<void> {
  try {
    await pendingMigrations(database, subsystem)
  } catch (error) {
    if (isHarborageError(error, 'schema_too_new')) throw error
  }
}

function migrationFailed(name: string, cause: unknown): MigrationFailedError {
  return new MigrationFailedError(
    `the migration of the ${name} tables failed and was rolled back: see the cause, mend it and open again`,
    { cause },
  )
}

async function pendingMigrations(database: SqlDatabase, subsystem: Subsystem): Promise<string[]> {
  const applied = await appliedMigrations(database, subsystem)
  const known = Object.keys(subsystem.migrations)
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new SchemaTooNewError(
      `the ${subsystem.name} tables were migrated by a newer version (unknown here: ${unknown.join(', ')}): ` +
        `upgrade @harborage/${subsystem.name}`,
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
    { repeat: 'reads' },
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
  { traits, schema }: SqlDatabase,
): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, change]) => [
      name,
      { up: (db: Kysely<NoTables>) => change(db, traits, schema) },
    ]),
  )
}
