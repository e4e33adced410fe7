import { setAppRowsSide } from '../../kit/steps/database-sides.ts'
import { migrateSubsystem } from '../migrations.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { appRowsParticipant } from './app-rows-participant.ts'
import { SqlSteps } from './sql-steps.ts'
import { stepsSubsystem } from './step-table.ts'

const opened = new WeakMap<SqlDatabase, SqlSteps>()

/**
 * Opens the steps of a database: makes their table, or only checks it. All stores on the database
 * share them.
 */
export async function openSteps(
  database: SqlDatabase,
  migrate: 'apply' | 'verify',
): Promise<SqlSteps> {
  const known = opened.get(database)
  if (known !== undefined) return known
  await migrateSubsystem(database, stepsSubsystem, migrate)
  // Another store may have opened them meanwhile.
  const steps = opened.get(database) ?? new SqlSteps(database)
  opened.set(database, steps)
  setAppRowsSide(database, steps.side(appRowsParticipant))
  return steps
}
