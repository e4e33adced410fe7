/**
 * The SQLite engine, on better-sqlite3. Importing it registers it for `sqlite:` and `file:`.
 *
 * @module
 */
import { registerEngine } from '@harborage/core/kit'
import { openSqlite } from './open-sqlite.ts'

export { diagnose } from './diagnose.ts'
export { openSqlite } from './open-sqlite.ts'
export type { SqliteConfig } from './sqlite-config.ts'

registerEngine('sqlite', {
  schemes: ['sqlite', 'file'],
  // SQLite has no schemas: the configuration is rejected if one is given.
  open: (dsn, options) => openSqlite({ ...options, dsn }),
})
