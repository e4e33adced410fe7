/** The tables of the memory store, as Kysely sees them. */
export type MemoryTables = {
  memory_state: MemoryRow
}

/**
 * One row of a conversation: its bookkeeping (`memory.state`), its summary (`memory.summary`), one turn
 * (`memory.turn/<position>`) or the id of a turn that was added (`memory.turn_id/<part>/<id>`).
 */
export interface MemoryRow {
  tenant_id: string
  user_id: string
  session_id: string
  /** `''` for the session itself. */
  run_id: string
  kind: string
  strategy: string
  /**
   * Of a turn. Of an id, the position of its turn. Of the bookkeeping, the lineage, or 0 where an earlier release wrote
   * it last; 0 elsewhere.
   */
  tokens: number
  /** Milliseconds since 1970, UTC. */
  updated_at: number
  /** UTF-8: of a summary its text, of an id the lineage, of anything else JSON. */
  bytes: Uint8Array
}
