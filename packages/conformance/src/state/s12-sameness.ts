import { historyCases } from '../support/history-cases.ts'
import { replay } from './histories/replay.ts'
import { steps } from './histories/step-arbitrary.ts'
import type { StateCases } from './support/state-cases.ts'

/** Registers the cases of S12: every driver gives the same results as the in-memory driver. */
export function sameness(cases: StateCases): void {
  historyCases(cases, steps, replay)
}
