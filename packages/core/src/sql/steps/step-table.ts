import { defineTable, type RowOf, type SqlTable, type TablesOf } from '../define-table.ts'
import type { SchemaChange, Subsystem } from '../subsystem.ts'

const steps = {
  name: 'steps_applied',
  columns: {
    tenant_id: 'text',
    step_id: 'text',
    /** 0 of the row with the answers; further rows are of the further owners of the step. */
    place: 'integer',
    user_id: 'text',
    session_id: 'text',
    run_id: 'text',
    created_at: 'timestamp',
    /** The SHA-256 of what the step did, in hex. */
    digest: 'text',
    /** The answers of its parts, as JSON. */
    answers: 'text',
  },
  key: ['tenant_id', 'step_id', 'place'],
  // The tenant is not first: on a table without statistics, a planner would take them for the key.
  indexes: [
    {
      name: 'steps_applied_owner_idx',
      columns: ['user_id', 'session_id', 'run_id', 'tenant_id'],
    },
    { name: 'steps_applied_created_idx', columns: ['created_at'] },
  ],
} as const

/** The steps that were applied: a row for each step and distinct owner of what it wrote. */
export const stepsApplied: SqlTable<typeof steps> = defineTable(steps)

/** A row of {@link stepsApplied}. */
export type StepRow = RowOf<typeof steps>

/** The table of steps, for Kysely. */
export type StepTables = TablesOf<typeof steps>

const createStepsApplied: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  await db.schema
    .createTable('steps_applied')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('step_id', text, (column) => column.notNull())
    .addColumn('place', 'bigint', (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('run_id', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('answers', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('steps_applied_pkey', ['tenant_id', 'step_id', 'place'])
    .execute()
  await db.schema
    .createIndex('steps_applied_owner_idx')
    .on('steps_applied')
    .columns(['user_id', 'session_id', 'run_id', 'tenant_id'])
    .execute()
  await db.schema
    .createIndex('steps_applied_created_idx')
    .on('steps_applied')
    .column('created_at')
    .execute()
}

/** The migrations of the table of steps. A released migration is never edited. */
export const stepsSubsystem: Subsystem = {
  name: 'steps',
  packageName: '@harborage/core',
  tables: [stepsApplied.spec],
  migrations: { '0001_create_steps_applied': createStepsApplied },
}
