import { PostgresAdapter, PostgresDialect, type PostgresPoolClient } from 'kysely'

/** Runs Kysely's Migrator on the connections of an engine that speaks as Postgres does. */
export class PostgresMigrationDialect extends PostgresDialect {
  /** @param connect Returns a connection, which its `release` gives back. */
  constructor(connect: () => Promise<PostgresPoolClient>) {
    super({ pool: { options: {}, connect, end: async () => {} } })
  }

  override createAdapter(): PostgresAdapter {
    return new LockedAdapter()
  }
}

/** The migration's own lock is held already; Kysely's would be one for all subsystems. */
class LockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}
