import { historyCases } from '../support/history-cases.ts'
import { replay } from './histories/replay.ts'
import { steps } from './histories/step-arbitrary.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'

/** Registers the cases of S12: every driver gives the same results as the in-memory driver. */
export function sameness(cases: ArtifactCases): void {
  historyCases(cases, steps, replay)
}
