import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 2_000

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'takes the owner of a transcript from the key',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/claude-agent-sdk/src/store/transcript.ts',
        from: 'const session = sessionOf(owner, sessionId)',
        to: `const { tenantId, userId } = given
  const session = sessionOf(tenantId && userId ? { tenantId, userId } : owner, sessionId)`,
      },
    ],
  },
  {
    name: 'lists the sessions of a tenant to each of its users',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/claude-agent-sdk/src/store/list-summaries.ts',
        from: 'const user = allOfUser({ tenantId, userId })',
        to: `const { allOfTenant } = await import('@harborage/core')
  const user = allOfTenant({ tenantId })`,
      },
    ],
  },
  {
    name: 'names a transcript by its parts without escaping them',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/claude-agent-sdk/src/store/transcript-names.ts',
        from: 'return escapeName(subpath, MAX_SUBPATH_BYTES)',
        to: 'return subpath.slice(0, 12)',
      },
    ],
  },
]
