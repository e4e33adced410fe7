import { turnIfHeld } from '@harborage/core/kit'
import {
  changeRows,
  compileStatement,
  runWork,
  type SqlDatabase,
  type SqlStatement,
  type SqlWork,
  type WorkTraits,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import type { ChangeStatements } from './change-statements.ts'
import type { GenerationColumns } from './rows.ts'
import type { JournalTables } from './tables.ts'

/** The largest number of generations that are found at a time. */
const MAX_FOUND = 100

/** The statement that finds entries of streams whose head is gone. */
export interface OrphanStatements {
  /** The generations of a tenant that have entries and no head, as after a partial restore. */
  readonly findOrphans: SqlStatement<
    Pick<GenerationColumns, 'tenant_id'>,
    Pick<GenerationColumns, 'generation'>
  >
}

/** Compiles the statement. */
export function compileOrphans(database: SqlDatabase): OrphanStatements {
  const db = database.builder.$extendTables<JournalTables>()
  return {
    findOrphans: compileStatement(
      'journal_orphans',
      ({ tenant_id }: Pick<GenerationColumns, 'tenant_id'>) =>
        db
          .selectFrom('journal_entries as e')
          .select('e.generation')
          .distinct()
          .where('e.tenant_id', '=', tenant_id)
          .where((where) =>
            where.not(
              where.exists(
                where
                  .selectFrom('journal_streams as s')
                  .select(sql<number>`1`.as('one'))
                  .where('s.tenant_id', '=', tenant_id)
                  .whereRef('s.generation', '=', 'e.generation'),
              ),
            ),
          )
          .limit(sql.lit(MAX_FOUND)),
      { repeat: 'reads' },
    ),
  }
}

/** It removes what no call can reach, so a repetition removes nothing else. */
const REMOVE: WorkTraits = {
  name: 'journal_remove_orphans',
  repeat: 'recognized',
  subject: 'entries of streams that are gone',
}

/**
 * Removes the entries of a tenant whose streams are gone. They have no user, so the erasure of a
 * user cannot reach them. No other call makes a head for a generation that has entries.
 */
export async function removeOrphans(
  database: SqlDatabase,
  statements: OrphanStatements & Pick<ChangeStatements, 'removeAll'>,
  tenantId: string,
): Promise<void> {
  const at = { tenant_id: tenantId }
  for (;;) {
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const found = await database.rows(statements.findOrphans, at)
    for (const { generation } of found) {
      await runWork(database, REMOVE, () => removeWork(statements, { ...at, generation }))
    }
    if (found.length < MAX_FOUND) return
  }
}

function* removeWork(
  { removeAll }: Pick<ChangeStatements, 'removeAll'>,
  at: GenerationColumns,
): SqlWork<void> {
  yield* changeRows(removeAll, at)
}
