import { sql, type ExpressionBuilder } from 'kysely'
import type { SubtreeLevel } from '../../subtree.ts'
import { compileOnce } from '../compile-once.ts'
import type { OwnerColumns } from '../owner-columns.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { compileStatement, type SqlStatement } from '../sql-statement.ts'
import { stepsApplied, type StepRow, type StepTables } from './step-table.ts'

/** The largest number of steps that one statement removes. */
export const REMOVED_STEPS = 1000

/** The largest number of old steps that one statement removes. */
export const PRUNED_STEPS = 256

/** The columns that name a step. */
export type StepColumns = Pick<StepRow, 'tenant_id' | 'step_id'>

/** The statements of the table of steps. */
export interface StepStatements {
  readonly find: SqlStatement<StepColumns, Pick<StepRow, 'digest' | 'answers'>>
  readonly insert: SqlStatement<StepRow, unknown>
  /** Removes some of the steps that wrote something within a subtree, by its level. */
  readonly forget: Readonly<Record<SubtreeLevel, SqlStatement<OwnerColumns, unknown>>>
  /** Removes some of the steps that were applied before a time, of any tenant. */
  readonly prune: SqlStatement<{ readonly before: number }, unknown>
}

/** Compiles the statements, once for all databases of one engine and schema. */
export const compileStepStatements: (database: SqlDatabase) => StepStatements =
  compileOnce(compileAll)

const ownersOf = {
  tenant: ['tenant_id'],
  user: ['tenant_id', 'user_id'],
  session: ['tenant_id', 'user_id', 'session_id'],
  run: ['tenant_id', 'user_id', 'session_id', 'run_id'],
} as const

function compileAll(database: SqlDatabase): StepStatements {
  const db = database.builder.$extendTables<StepTables>()
  return {
    find: compileStatement(
      'steps_find',
      ({ tenant_id, step_id }: StepColumns) =>
        db
          .selectFrom('steps_applied')
          .select(['digest', 'answers'])
          .where((where) => where.and({ tenant_id, step_id, place: 0 })),
      { repeat: 'reads', isPointRead: true },
    ),
    insert: compileStatement(
      'steps_insert',
      (row: StepRow) => db.insertInto('steps_applied').values(stepsApplied.rowOf(row)),
      { repeat: 'never' },
    ),
    forget: {
      tenant: compileForget('steps_tenant', database, 'tenant'),
      user: compileForget('steps_user', database, 'user'),
      session: compileForget('steps_session', database, 'session'),
      run: compileForget('steps_run', database, 'run'),
    },
    prune: compileStatement(
      'steps_prune',
      ({ before }: { readonly before: number }) =>
        db
          .deleteFrom('steps_applied')
          .where((where) =>
            where(
              where.refTuple('tenant_id', 'step_id'),
              'in',
              where
                .selectFrom('steps_applied')
                .select(['tenant_id', 'step_id'])
                .where('created_at', '<', before)
                .orderBy('created_at')
                .limit(sql.lit(PRUNED_STEPS))
                .$asTuple('tenant_id', 'step_id'),
            ),
          ),
      { repeat: 'recognized' },
    ),
  }
}

/** Compiles the removal of steps with one of whose owners is in a subtree, all of their rows. */
function compileForget(
  forgetting: string,
  database: SqlDatabase,
  level: SubtreeLevel,
): SqlStatement<OwnerColumns, unknown> {
  const db = database.builder.$extendTables<StepTables>()
  const columns: readonly (keyof OwnerColumns)[] = ownersOf[level]
  const isWithin =
    (owner: OwnerColumns) => (where: ExpressionBuilder<StepTables, 'steps_applied'>) =>
      where.and(columns.map((column) => where(column, '=', owner[column])))
  return compileStatement(
    `${forgetting}_forget`,
    (owner: OwnerColumns) =>
      db
        .deleteFrom('steps_applied')
        .where('tenant_id', '=', owner.tenant_id)
        .where('step_id', 'in', (from) =>
          from
            .selectFrom('steps_applied')
            .select('step_id')
            .where(isWithin(owner))
            .limit(sql.lit(REMOVED_STEPS)),
        ),
    { repeat: 'recognized' },
  )
}
