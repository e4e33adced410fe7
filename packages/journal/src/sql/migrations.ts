import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { journalEntries, journalStreams } from './tables.ts'

const createJournal: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  const integer = await dialect.columnType('integer', db)
  const timestamp = await dialect.columnType('timestamp', db)
  const bytes = await dialect.columnType('large_bytes', db)
  const recent = {
    name: 'journal_streams_recent_key',
    columns: ['tenant_id', 'user_id', 'recent_at', 'session_id', 'run_id', 'stream'],
    apart: { name: 'journal_streams_by_recency', column: 'stream' },
  }
  const ids = {
    name: 'journal_entries_entry_id_key',
    columns: ['tenant_id', 'generation', 'entry_id'],
    apart: { name: 'journal_entries_by_id', column: 'entry_id' },
  }
  const streams = db.schema
    .createTable('journal_streams')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('run_id', text, (column) => column.notNull())
    .addColumn('stream', text, (column) => column.notNull())
    .addColumn('generation', text, (column) => column.notNull())
    .addColumn('first', integer, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .addColumn('length', integer, (column) => column.notNull())
    .addColumn('updated_at', timestamp, (column) => column.notNull())
    .addColumn('recent_at', timestamp, (column) => column.notNull())
    .addColumn('operations', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_streams_pkey', [
      'tenant_id',
      'user_id',
      'session_id',
      'run_id',
      'stream',
    ])
  await dialect.apart.addTo(streams, recent).execute()
  await dialect.apart.createFor(db, 'journal_streams', recent)
  const entries = db.schema
    .createTable('journal_entries')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('generation', text, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .addColumn('entry_id', text, (column) => column.notNull())
    .addColumn('created_at', timestamp, (column) => column.notNull())
    .addColumn('replaced_after', integer, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_entries_pkey', ['tenant_id', 'generation', 'position'])
  await dialect.apart.addTo(entries, ids).execute()
  await dialect.apart.createFor(db, 'journal_entries', ids)
}

/**
 * The migrations of the journal store. A released migration is never edited: a change is a new one.
 */
export const journalSubsystem: Subsystem = {
  name: 'journal',
  packageName: '@harborage/journal',
  tables: [journalStreams.spec, journalEntries.spec],
  migrations: { '0001_create_journal': createJournal },
}
