import type { TestRunner } from '../../test-runner.ts'
import type { StateHarness, StateHistories } from '../state-harness.ts'
import { withBench, type Bench } from './bench.ts'

type Case = (bench: Bench) => Promise<void>

/** Where the cases of a guarantee are registered. */
export interface StateCases {
  readonly it: (name: string, body: Case) => void
  /** A case that opens the backend again after closing it. */
  readonly itIfDurable: (name: string, body: Case) => void
  /** A case that has several stores open on one backend. */
  readonly itIfShared: (name: string, body: Case) => void
  readonly histories: StateHistories | undefined
}

/** Registers each case that the harness allows, on a bench of its own. */
export function stateCases({ it }: TestRunner, harness: StateHarness): StateCases {
  const { durable, shared = durable, histories } = harness
  const register = (name: string, body: Case): void => {
    it(name, () => withBench(harness.open, body))
  }
  const leaveOut = (): void => {}
  return {
    it: register,
    itIfDurable: durable ? register : leaveOut,
    itIfShared: shared ? register : leaveOut,
    histories,
  }
}
