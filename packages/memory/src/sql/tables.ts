import { defineTable, type RowOf, type SqlTable, type TablesOf } from '@harborage/core/sql'

const state = {
  name: 'memory_state',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    /** `''` for the session itself. */
    run_id: 'text',
    kind: 'text',
    strategy: 'text',
    /**
     * Of a turn, its tokens. Of an id, the position of its turn. Of the header, the lineage, or 0
     * if an earlier release wrote it last. 0 in any other row.
     */
    tokens: 'integer',
    updated_at: 'timestamp',
    /** In UTF-8: of a summary its text, of an id the lineage, of any other row JSON. */
    bytes: 'bytes',
  },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'],
} as const

/**
 * A row of a conversation: its header (`memory.state`), its summary (`memory.summary`), one
 * turn (`memory.turn/<position>`) or the id of a turn that was added
 * (`memory.turn_id/<part>/<id>`).
 */
export const memoryState: SqlTable<typeof state> = defineTable(state)

/** A row of {@link memoryState}. */
export type MemoryRow = RowOf<typeof state>

const passages = {
  name: 'memory_passages',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    /** `''` for the session itself. */
    run_id: 'text',
    collection: 'text',
    /** The place of the passage among those of the collection. */
    ordinal: 'integer',
    /** A random number, by which the index of words knows the row. */
    id: 'integer',
    created_at: 'timestamp',
    /** The digests of the words, with a space between two. */
    words: 'text',
    bytes: 'large_bytes',
  },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'collection', 'ordinal'],
  unique: [{ name: 'memory_passages_id_key', columns: ['id'] }],
  words: { name: 'memory_passages_words', column: 'words', id: 'id' },
} as const

/** The passages that are found by their words. */
export const memoryPassages: SqlTable<typeof passages> = defineTable(passages)

/** A row of {@link memoryPassages}. */
export type PassageRow = RowOf<typeof passages>

/** The tables of the memory store, for Kysely. */
export type MemoryTables = TablesOf<typeof state> & TablesOf<typeof passages>
