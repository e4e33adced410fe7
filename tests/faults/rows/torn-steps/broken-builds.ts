import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 6

const stepWork = 'packages/core/src/sql/steps/step-work.ts'

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'runs a step again that is repeated',
    rounds: ROUNDS,
    edits: [
      {
        file: stepWork,
        from: `    if (id === undefined) return
    const answers`,
        to: `    if (id !== undefined) return
    const answers`,
      },
    ],
  },
  {
    name: 'applies a half of a step after a lost answer',
    rounds: ROUNDS,
    edits: [
      {
        file: stepWork,
        from: 'for (const group of this.#groups) results.push(yield* workOf(group, attempt))',
        to: `for (const group of this.#groups) {
          results.push(
            mayBeApplied && results.length > 0
              ? group.parts.map(() => ({ result: undefined, effect: 'writes' }))
              : yield* workOf(group, attempt),
          )
        }`,
      },
    ],
  },
  {
    name: 'commits each part of a step by itself',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/core/src/commit-together.ts',
        from: 'if (parts.length === 1 && first !== undefined && stepId === undefined) return commitAlone(first)',
        to: `const answers = {}
  for (const part of parts) Object.assign(answers, await commitAlone(part))
  return answers`,
      },
    ],
  },
]
