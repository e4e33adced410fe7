import { PostgresAdapter, PostgresDialect } from 'kysely'
import type { ClientPool } from './client-pool.ts'
import { MigrationClient } from './migration-client.ts'

/** Kysely's dialect on the connections of a database, for Kysely's Migrator. */
export class MigrationDialect extends PostgresDialect {
  constructor(pool: ClientPool) {
    super({
      pool: {
        options: {},
        connect: async () => new MigrationClient(pool, await pool.acquire()),
        end: async () => {},
      },
    })
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
