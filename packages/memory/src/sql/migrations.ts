import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { memoryState } from './tables.ts'

const createMemoryState: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  const bytes = await dialect.columnType('bytes', db)
  await db.schema
    .createTable('memory_state')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('run_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('strategy', text, (column) => column.notNull())
    .addColumn('tokens', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('memory_state_pkey', [
      'tenant_id',
      'user_id',
      'session_id',
      'run_id',
      'kind',
    ])
    .execute()
}

/**
 * The migrations of the memory store. A released migration is never edited: a change is a new one.
 */
export const memorySubsystem: Subsystem = {
  name: 'memory',
  packageName: '@harborage/memory',
  tables: [memoryState.spec],
  migrations: { '0001_create_memory_state': createMemoryState },
}
