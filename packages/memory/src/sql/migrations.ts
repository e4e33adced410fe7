import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { sql } from 'kysely'

/** The migrations of the memory store. They are never edited once released: a change is a new one. */
export const memorySubsystem: Subsystem = {
  name: 'memory',
  packageName: '@harborage/memory',
  migrations: { '0001_create_memory_state': createMemoryState },
  lockedTables: ['memory_state'],
  objectsOn: () => ({ tables: ['memory_state'], triggers: [] }),
}

async function createMemoryState(
  ...[db, traits]: Parameters<SchemaChange>
): ReturnType<SchemaChange> {
  const name = sql.raw(traits.nameType)
  await db.schema
    .createTable('memory_state')
    .addColumn('tenant_id', name, (column) => column.notNull())
    .addColumn('user_id', name, (column) => column.notNull())
    .addColumn('session_id', name, (column) => column.notNull())
    .addColumn('run_id', name, (column) => column.notNull())
    .addColumn('kind', name, (column) => column.notNull())
    .addColumn('strategy', name, (column) => column.notNull())
    .addColumn('tokens', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('bytes', sql.raw(traits.bytesType), (column) => column.notNull())
    .addPrimaryKeyConstraint('memory_state_pkey', [
      'tenant_id',
      'user_id',
      'session_id',
      'run_id',
      'kind',
    ])
    .execute()
}
