import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { sql } from 'kysely'
import { kindTriggers, moveKindsToTheirTable } from './kinds-table.ts'
import { keepKindsInAnySchema } from './kinds-in-any-schema.ts'

/** The migrations of the state store. They are never edited once released: a change is a new one. */
export const stateSubsystem: Subsystem = {
  name: 'state',
  packageName: '@harborage/state',
  migrations: {
    '0001_create_state_records': createStateRecords,
    '0002_index_by_kind': indexByKind,
    '0003_move_kinds_to_their_table': moveKindsToTheirTable,
    '0004_keep_event_ids_apart': keepEventIdsApart,
    '0005_keep_kinds_in_any_schema': keepKindsInAnySchema,
  },
  // Not the kinds: a walk over them locks them first, and a save locks the records first.
  lockedTables: ['state_records'],
  objectsOn: ({ updatesWriteEveryIndex }) =>
    updatesWriteEveryIndex
      ? { tables: ['state_records', 'state_kinds'], triggers: kindTriggers }
      : { tables: ['state_records'], triggers: [] },
}

async function createStateRecords(
  ...[db, traits]: Parameters<SchemaChange>
): ReturnType<SchemaChange> {
  const name = sql.raw(traits.nameType)
  const bytes = sql.raw(traits.bytesType)
  await db.schema
    .createTable('state_records')
    .addColumn('tenant_id', name, (column) => column.notNull())
    .addColumn('user_id', name, (column) => column.notNull())
    .addColumn('session_id', name, (column) => column.notNull())
    .addColumn('run_id', name, (column) => column.notNull())
    .addColumn('kind', name, (column) => column.notNull())
    .addColumn('event_id', name, (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('event_trail', name, (column) => column.notNull())
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

async function indexByKind(db: Parameters<SchemaChange>[0]): ReturnType<SchemaChange> {
  await db.schema
    .createIndex('state_records_kind_idx')
    .on('state_records')
    .columns(['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'])
    .execute()
}

/**
 * The index of event ids begins with the tenant, as that of slots does. On a table that is still empty it seems as good
 * for finding a slot, and a plan that was made then reads all that the tenant has. This one is of use only to a look-up
 * that names its condition, which is true of every row.
 */
async function keepEventIdsApart(
  ...[db, traits]: Parameters<SchemaChange>
): ReturnType<SchemaChange> {
  if (!traits.plansByStatistics) return
  await db.schema.alterTable('state_records').dropConstraint('state_records_event_id_key').execute()
  await db.schema
    .createIndex('state_records_event_id_idx')
    .on('state_records')
    .unique()
    .columns(['tenant_id', 'event_id'])
    .where(sql.ref('event_id'), '<>', '')
    .execute()
}
