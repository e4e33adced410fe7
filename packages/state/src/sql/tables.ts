import { defineTable, type RowOf, type SqlTable, type TablesOf } from '@harborage/core/sql'

const records = {
  name: 'state_records',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    /** `''` for the session itself. */
    run_id: 'text',
    kind: 'text',
    event_id: 'text',
    version: 'integer',
    updated_at: 'timestamp',
    /**
     * The marks of this event id and of those that the slot replaced, newest first; see
     * event-mark.ts.
     */
    event_trail: 'text',
    /** The `updated_at` of the save that filled the slot, or {@link NOT_RECORDED}. */
    created_at: 'timestamp',
    /** When the record expires, or `''` if it does not; see expiry.ts. */
    expiry: 'text',
    bytes: 'bytes',
  },
  defaults: { created_at: -9_007_199_254_740_991, expiry: '' },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'],
  unique: [
    {
      name: 'state_records_event_id_key',
      columns: ['tenant_id', 'event_id'],
      apart: { name: 'state_records_event_id_idx', column: 'event_id' },
    },
  ],
  keyOrders: [
    {
      name: 'state_records_kind_idx',
      columns: ['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'],
      keyTable: {
        name: 'state_kinds',
        index: 'state_kinds_kind_idx',
        keeper: 'state_kinds_keep',
      },
    },
  ],
} as const

/** The `created_at` of a slot that an earlier release filled. No date is so early. */
export const NOT_RECORDED: number = records.defaults.created_at

/**
 * A row per slot that is not empty. The primary key is the slot; the event id is unique within the
 * tenant.
 */
export const stateRecords: SqlTable<typeof records> = defineTable(records)

/** A row of {@link stateRecords}. */
export type StateRecordRow = RowOf<typeof records>

/** The tables of the state store, for Kysely. */
export type StateTables = TablesOf<typeof records>
