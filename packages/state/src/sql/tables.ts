/** The tables of the state store, as Kysely sees them. */
export type StateTables = {
  state_records: StateRecordRow
  state_kinds: StateKindRow
}

/** One slot. The primary key is the slot; the event id is unique within the tenant. */
export interface StateRecordRow {
  tenant_id: string
  user_id: string
  session_id: string
  /** `''` for the session itself. */
  run_id: string
  kind: string
  event_id: string
  version: number
  /** Milliseconds since 1970, UTC. */
  updated_at: number
  /** The marks of this event id and of those that it replaced, newest first; see event-trail.ts. */
  event_trail: string
  bytes: Uint8Array
}

/** A slot that holds something. The table is there only where it is of use; see kinds-table.ts. */
export type StateKindRow = Pick<
  StateRecordRow,
  'tenant_id' | 'user_id' | 'session_id' | 'run_id' | 'kind'
>
