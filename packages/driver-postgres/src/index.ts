/**
 * The Postgres engine, on pg. Importing it registers it for `postgres:` and `postgresql:`.
 *
 * @module
 */
import { registerEngine } from '@harborage/core/kit'
import { openPostgres } from './open-postgres.ts'

export { diagnose } from './diagnose.ts'
export { openPostgres } from './open-postgres.ts'
export type { PostgresConfig } from './postgres-config.ts'

registerEngine('postgres', {
  schemes: ['postgres', 'postgresql'],
  open: (dsn, options) => openPostgres({ ...options, dsn }),
})
