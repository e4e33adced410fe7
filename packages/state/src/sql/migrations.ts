import {
  addColumn,
  type KeyedTable,
  type KeyOrder,
  type SchemaChange,
  type Subsystem,
  type TableSpec,
  type UniqueColumns,
} from '@harborage/core/sql'
import { stateRecords } from './tables.ts'

/** Adds the table of slots. */
const createStateRecords: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  const bytes = await dialect.columnType('bytes', db)
  await db.schema
    .createTable('state_records')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('run_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('event_id', text, (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('event_trail', text, (column) => column.notNull())
    // Last, so that reading the small columns of a row never walks the pages of a large payload.
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('state_records_pkey', [
      'tenant_id',
      'user_id',
      'session_id',
      'run_id',
      'kind',
    ])
    .addUniqueConstraint('state_records_event_id_key', ['tenant_id', 'event_id'])
    .execute()
}

const indexByKind: SchemaChange = async (db) => {
  await db.schema
    .createIndex('state_records_kind_idx')
    .on('state_records')
    .columns(['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'])
    .execute()
}

/**
 * The table as {@link moveKindsToTheirTable} finds it. It stays as it is when the table changes
 * later.
 */
const slots: KeyedTable = {
  name: 'state_records',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    run_id: 'text',
    kind: 'text',
  },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'],
}

const byKind: KeyOrder = {
  name: 'state_records_kind_idx',
  columns: ['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'],
  keyTable: { name: 'state_kinds', index: 'state_kinds_kind_idx', keeper: 'state_kinds_keep' },
}

/**
 * Moves the kinds to a table of their own, on engines where a save would otherwise write to every
 * index of its table.
 */
const moveKindsToTheirTable: SchemaChange = (db, dialect, schema) =>
  dialect.keyOrders.moveOut(db, schema, slots, byKind)

const eventIds: UniqueColumns = {
  name: 'state_records_event_id_key',
  columns: ['tenant_id', 'event_id'],
  apart: { name: 'state_records_event_id_idx', column: 'event_id' },
}

/**
 * Moves the uniqueness of event ids to an index that does not begin with the tenant. On a table
 * without statistics, the query planner took such an index for that of the slots.
 */
const keepEventIdsApart: SchemaChange = (db, dialect) =>
  dialect.apart.moveOut(db, 'state_records', eventIds)

/**
 * Makes the kinds of new slots reach their table also after the schema was renamed, or restored
 * under another name.
 */
const keepKindsInAnySchema: SchemaChange = (db, dialect, schema) =>
  dialect.keyOrders.keepInAnySchema(db, schema, slots, byKind)

/**
 * The table with the date when a slot was filled. It stays as it is when the table changes later.
 */
const datedSlots = {
  ...slots,
  columns: {
    ...slots.columns,
    event_id: 'text',
    version: 'integer',
    updated_at: 'timestamp',
    event_trail: 'text',
    created_at: 'timestamp',
    bytes: 'bytes',
  },
  // No date is so early.
  defaults: { created_at: Number.MIN_SAFE_INTEGER },
  unique: [eventIds],
  keyOrders: [byKind],
} satisfies TableSpec

/**
 * Adds the date when a slot was filled. Rows that are there get the default, and so do those of
 * earlier releases that still run.
 */
const addCreatedAt: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, datedSlots, 'created_at')

/** The table with the expiry of records. It stays as it is when the table changes later. */
const expiringSlots = {
  ...datedSlots,
  columns: {
    ...slots.columns,
    event_id: 'text',
    version: 'integer',
    updated_at: 'timestamp',
    event_trail: 'text',
    created_at: 'timestamp',
    expiry: 'text',
    bytes: 'bytes',
  },
  defaults: { ...datedSlots.defaults, expiry: '' },
} satisfies TableSpec

/**
 * Adds the expiry of records. Rows that are there do not expire, and neither do those that earlier
 * releases insert. One that they replace does not either, since its expiry names another event id.
 */
const addExpiry: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, expiringSlots, 'expiry')

/** Adds the expiry of records in a database that keeps no order for `listKind`. */
const addExpiryWithoutOrder: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, { ...expiringSlots, keyOrders: [] }, 'expiry')

/** Removes what keeps the order of `listKind`, in a database whose first opening declines it. */
const declineKindIndex: SchemaChange = (db, dialect, schema) =>
  dialect.keyOrders.remove(db, schema, slots, byKind)

/**
 * The migrations of the state store. A released migration is never edited: a change is a new one.
 */
export const stateSubsystem: Subsystem & Required<Pick<Subsystem, 'optional'>> = {
  name: 'state',
  packageName: '@harborage/state',
  tables: [stateRecords.spec],
  migrations: {
    '0001_create_state_records': createStateRecords,
    '0002_index_by_kind': indexByKind,
    '0003_move_kinds_to_their_table': moveKindsToTheirTable,
    '0004_keep_event_ids_apart': keepEventIdsApart,
    '0005_keep_kinds_in_any_schema': keepKindsInAnySchema,
    '0006_add_created_at': addCreatedAt,
    '0008_add_expiry': addExpiry,
  },
  optional: {
    name: '0007_decline_kind_index',
    change: declineKindIndex,
    later: { '0008_add_expiry': addExpiryWithoutOrder },
    tables: [{ ...stateRecords.spec, keyOrders: [] }],
    isWanted: undefined,
    absent:
      'the database keeps the order for listKind, as its first opening decided: leave kindIndex out, or use a new database for kindIndex: false',
    present:
      'the database keeps no order for listKind, since it was first opened with kindIndex: false: leave kindIndex out, or copy the records to a new database',
  },
}
