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

registerEngine('sqlite', { schemes: ['sqlite', 'file'], open: (dsn) => openSqlite({ dsn }) })
