import type { BrokenBuild } from '../harness/fault-row.ts'
import {
  commitsInParts,
  forgetsTurnIds,
  putsFilesLater,
  savesLater,
  writesFilesInPlace,
} from '../harness/workload/broken-builds.ts'

const ROUNDS = 16

export const brokenBuilds: readonly BrokenBuild[] = [
  { name: 'acknowledges a save before its commit', rounds: ROUNDS, edits: [savesLater] },
  { name: 'commits one slot after the other', rounds: ROUNDS, edits: [commitsInParts] },
  { name: 'adds a turn again when it is repeated', rounds: ROUNDS, edits: [forgetsTurnIds] },
  { name: 'acknowledges a file before it is written', rounds: ROUNDS, edits: [putsFilesLater] },
  { name: 'writes files in place', rounds: ROUNDS, edits: [writesFilesInPlace] },
]
