import { defineTable, type RowOf, type SqlTable, type TablesOf } from '@harborage/core/sql'

const streams = {
  name: 'journal_streams',
  columns: {
    tenant_id: 'text',
    /** `''` if the stream belongs to a tenant. */
    user_id: 'text',
    /** `''` if the stream belongs to a user or a tenant. */
    session_id: 'text',
    /** `''` for the session itself. */
    run_id: 'text',
    stream: 'text',
    /** Identifies the rows of the stream in `journal_entries`. */
    generation: 'text',
    /** The first position that was not trimmed. */
    first: 'integer',
    /** The newest position. */
    position: 'integer',
    /** The number of entries. */
    length: 'integer',
    updated_at: 'timestamp',
    /** `updated_at`, or up to a minute before it: its index is written only then. */
    recent_at: 'timestamp',
    /** When the stream expires, or {@link NEVER}. */
    expires_at: 'timestamp',
    /** The remembered replacements, newest first: JSON of `[operation id, digest]` each. */
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
} as const

/** The `expires_at` of a stream that does not expire. */
export const NEVER: number = streams.defaults.expires_at

/** The heads of streams. A change of a stream locks its row. */
export const journalStreams: SqlTable<typeof streams> = defineTable(streams)

/** A row of {@link journalStreams}. */
export type StreamRow = RowOf<typeof streams>

const entries = {
  name: 'journal_entries',
  columns: {
    tenant_id: 'text',
    generation: 'text',
    /** Of a dropped entry whose id is remembered, the negative of its position. */
    position: 'integer',
    /** The id of the entry as `storedId` forms it, or that of a replacement. */
    entry_id: 'text',
    created_at: 'timestamp',
    /** Of a replacement, the position of the last entry that stayed; -1 for an entry. */
    replaced_after: 'integer',
    type: 'text',
    bytes: 'large_bytes',
  },
  key: ['tenant_id', 'generation', 'position'],
  unique: [
    {
      name: 'journal_entries_entry_id_key',
      columns: ['tenant_id', 'generation', 'entry_id'],
      apart: { name: 'journal_entries_by_id', column: 'entry_id' },
    },
  ],
} as const

/** The entries and replacements of streams, and the remembered ids of dropped entries. */
export const journalEntries: SqlTable<typeof entries> = defineTable(entries)

/** A row of {@link journalEntries}. */
export type EntryRow = RowOf<typeof entries>

/** The tables of the journal store, for Kysely. */
export type JournalTables = TablesOf<typeof streams> & TablesOf<typeof entries>

/** The value of `replaced_after` of an entry. */
export const NO_REPLACEMENT = -1
