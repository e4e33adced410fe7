import { historyCases } from '../support/history-cases.ts'
import { replay } from './histories/replay.ts'
import { steps } from './histories/step-arbitrary.ts'
import type { StateCases } from './support/state-cases.ts'

/** S12: every driver comes to the same as the in-memory driver. */
export function sameness(cases: StateCases): void {
  historyCases(cases, steps, replay)
}
