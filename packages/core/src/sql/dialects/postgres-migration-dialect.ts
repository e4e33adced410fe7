import { PostgresAdapter, PostgresDialect, type PostgresPoolClient } from 'kysely'

/** Runs Kysely's Migrator on the connections of an engine that speaks Postgres. */
export class PostgresMigrationDialect extends PostgresDialect {
  /** @param connect Returns a connection, whose `release` returns it to the engine. */
  constructor(connect: () => Promise<PostgresPoolClient>) {
    super({ pool: { options: {}, connect, end: async () => {} } })
  }

  override createAdapter(): PostgresAdapter {
    return new LockedAdapter()
  }
}

/**
 * Takes no lock. The migration already holds its own one, and Kysely's would be shared by all
 * subsystems.
 */
class LockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}
