import { join } from 'node:path'

import { forgetsTurnIds } from '../../harness/writer/broken-builds.ts'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

export const answerLost: FaultRow = {
  name: 'answer lost',
  how: 'a TCP proxy cuts before, during and after a write or its COMMIT is sent, after any byte of the answer, swallows the answer, answers ROLLBACK, or delivers the write when its caller has long gone on',
  checked:
    'exactly once; chains of compare-and-set are unbroken; no error for what the driver can find out by asking',
  unit: 'cuts',
  full: 1_000,
  slice: 40,
  tools: [],
  brokenBuilds: [
    {
      name: 'adds a turn again when it asks again',
      rounds: 160,
      edits: [forgetsTurnIds],
    },
    {
      name: 'does not look whether COMMIT was answered by ROLLBACK',
      rounds: 320,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/transaction.ts',
          from: `if (command !== 'COMMIT')`,
          to: `if (command === '')`,
        },
      ],
    },
    {
      name: 'takes its own lost attempt for the call of another',
      rounds: 48,
      edits: [
        {
          file: 'packages/state/src/decide.ts',
          from: `if (hasSameContent(held, record)) return 'unchanged'`,
          to: `if (held.eventId === '') return 'unchanged'`,
        },
      ],
    },
    {
      name: 'saves again what was overwritten since',
      rounds: 320,
      edits: [
        {
          file: 'packages/state/src/sql/save-statement.ts',
          from: 'return isNotOnTrail(dialect, newMark)',
          to: 'return sql`true`',
        },
      ],
    },
    {
      name: 'says that nothing was applied when the answer is lost',
      rounds: 64,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/retry.ts',
          from: `error.mayBeApplied && repeat !== 'reads'`,
          to: 'false',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild }: RowRun): Promise<Figures> {
  await using worker = Worker.start(script, { dsn: await freshDatabase() }, brokenBuild)
  return await worker.call('run', rounds)
}
