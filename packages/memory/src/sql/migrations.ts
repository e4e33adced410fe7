import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { memoryPassages, memoryState } from './tables.ts'

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

const createMemoryPassages: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  const integer = await dialect.columnType('integer', db)
  const timestamp = await dialect.columnType('timestamp', db)
  const bytes = await dialect.columnType('large_bytes', db)
  const key = ['tenant_id', 'user_id', 'session_id', 'run_id', 'collection', 'ordinal'] as const
  const ids = { name: 'memory_passages_id_key', columns: ['id'] }
  const passages = db.schema
    .createTable('memory_passages')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('run_id', text, (column) => column.notNull())
    .addColumn('collection', text, (column) => column.notNull())
    .addColumn('ordinal', integer, (column) => column.notNull())
    .addColumn('id', integer, (column) => column.notNull())
    .addColumn('created_at', timestamp, (column) => column.notNull())
    .addColumn('words', text, (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('memory_passages_pkey', [...key])
  await dialect.apart.addTo(passages, ids).execute()
  await dialect.apart.createFor(db, 'memory_passages', ids)
  const words = { name: 'memory_passages_words', column: 'words', id: 'id' }
  await dialect.words.create(db, { name: 'memory_passages', columns: {}, key: [] }, words)
}

/**
 * The migrations of the memory store. A released migration is never edited: a change is a new one.
 */
export const memorySubsystem: Subsystem = {
  name: 'memory',
  packageName: '@harborage/memory',
  tables: [memoryState.spec, memoryPassages.spec],
  migrations: {
    '0001_create_memory_state': createMemoryState,
    '0002_create_memory_passages': createMemoryPassages,
  },
}
