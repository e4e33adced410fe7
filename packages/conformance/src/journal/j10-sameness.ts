import { historyCases } from '../support/history-cases.ts'
import { replay } from './histories/replay.ts'
import { steps } from './histories/step-arbitrary.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J10: every driver gives the same results as the in-memory driver. */
export function sameness(cases: JournalCases): void {
  historyCases(cases, steps, replay, 'J10')
}
