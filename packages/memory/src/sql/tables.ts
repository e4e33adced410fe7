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

/** The tables of the memory store, for Kysely. */
export type MemoryTables = TablesOf<typeof state>
