import type { AppStatement } from '../../kit/steps/database-sides.ts'
import type { NamedPart, PartResult } from '../../kit/steps/step-side.ts'
import type { SqlWork } from '../sql-work.ts'
import { APP_ROWS_RANK, type SqlParticipant } from './sql-participant.ts'

/** Runs the statements of the application, in the order of their parts. */
export const appRowsParticipant: SqlParticipant<AppStatement, number> = {
  name: 'app_rows',
  rank: APP_ROWS_RANK,
  claimOf: () => ({ keys: [], bytes: 0 }),
  *work(parts: readonly NamedPart<AppStatement>[]): SqlWork<readonly PartResult<number>[]> {
    const answers = yield parts.map(({ name, payload: { sql, values } }) => ({
      statement: { name: 'app_rows', sql },
      values: [...values],
      answer: 'changes' as const,
      ofPart: name,
    }))
    return answers.map((answer) => ({ result: Number(answer), effect: 'writes' }))
  },
}
