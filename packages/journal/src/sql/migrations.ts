import { addColumn, type SchemaChange, type Subsystem, type TableSpec } from '@harborage/core/sql'
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

/** The heads with their expiry. It stays as it is when the table changes later. */
const expiringStreams = {
  name: 'journal_streams',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    run_id: 'text',
    stream: 'text',
    generation: 'text',
    first: 'integer',
    position: 'integer',
    length: 'integer',
    updated_at: 'timestamp',
    recent_at: 'timestamp',
    expires_at: 'timestamp',
    operations: 'text',
  },
  defaults: { expires_at: 0 },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'stream'],
  unique: [
    {
      name: 'journal_streams_recent_key',
      columns: ['tenant_id', 'user_id', 'recent_at', 'session_id', 'run_id', 'stream'],
      apart: { name: 'journal_streams_by_recency', column: 'stream' },
    },
  ],
} as const satisfies TableSpec

/**
 * Adds the expiry of streams. Streams that are there do not expire, and neither do those that
 * earlier releases begin.
 */
const addExpiry: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, expiringStreams, 'expires_at')

/**
 * The migrations of the journal store. A released migration is never edited: a change is a new one.
 */
export const journalSubsystem: Subsystem = {
  name: 'journal',
  packageName: '@harborage/journal',
  tables: [journalStreams.spec, journalEntries.spec],
  migrations: { '0001_create_journal': createJournal, '0002_add_expiry': addExpiry },
}
