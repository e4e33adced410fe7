import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { FaultRow } from '../../harness/fault-row.ts'
import { fuzzOwners } from '../../harness/fuzz-owners.ts'
import { brokenBuilds } from './broken-builds.ts'

/** In the package of the adapter, where its framework is installed. */
const script = join(repositoryRoot, 'adapters/langgraph/test/isolation/worker.ts')

export const crossingOwners: FaultRow = {
  name: 'crossing owners',
  how: 'calls of the saver and the store for LangGraph, several at once, of owners with similar names, with thread ids, namespaces, keys and a configurable that name other owners',
  checked: 'each answer is what this owner stored: nothing of another one, and all of its own',
  unit: 'calls',
  full: 100_000,
  slice: 600,
  tools: [],
  brokenBuilds,
  run: (run) => fuzzOwners(script, run),
}
