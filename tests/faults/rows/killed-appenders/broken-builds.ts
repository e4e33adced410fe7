import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 4

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'makes a replacement again that is repeated',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/journal/src/sql/replace-work.ts',
        from: 'operations: locked === undefined ? [] : operationsOf(locked),',
        to: 'operations: [],',
      },
    ],
  },
  {
    name: 'does not look ids up before it appends again',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/journal/src/sql/append-work.ts',
        from: 'return new Map(found.flatMap((each) => (each === undefined ? [] : [each])))',
        to: 'return new Map(found.flatMap(() => []))',
      },
    ],
  },
]
