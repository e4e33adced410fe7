import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { FaultRow } from '../../harness/fault-row.ts'
import { fuzzOwners } from '../../harness/fuzz-owners.ts'
import { brokenBuilds } from './broken-builds.ts'

/** In the package of the adapter, where its framework is installed. */
const script = join(repositoryRoot, 'adapters/claude-agent-sdk/test/isolation/worker.ts')

export const crossingTranscripts: FaultRow = {
  name: 'crossing transcripts',
  how: 'calls of the session store for the Claude Agent SDK, several at once, of users with similar names, with keys that name other users, projects and transcripts',
  checked: 'each answer is what this user stored: nothing of another one, and all of its own',
  unit: 'calls',
  full: 40_000,
  slice: 600,
  tools: [],
  brokenBuilds,
  run: (run) => fuzzOwners(script, run),
}
