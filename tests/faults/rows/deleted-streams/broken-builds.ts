import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 40

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'deletes a stream without locking its head',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/journal/src/sql/delete-work.ts',
        from: 'const [locked] = yield* selectRows(statements.lock, at)',
        to: 'const [locked] = yield* selectRows(statements.head, at)',
      },
    ],
  },
  {
    name: 'lets a follower wait in a stream that was deleted',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/journal/src/internal/follow-stream.ts',
        from: 'if (head?.generation !== after.generation) throw deleted()',
        to: 'if (head?.generation !== after.generation) return page',
      },
    ],
  },
]
