import { paceOf, type Pace } from '../../support/pace.ts'
import type { TestRunner } from '../../test-runner.ts'
import type { MemoryHarness } from '../memory-harness.ts'
import { withBench, type Bench } from './bench.ts'

type Register = (name: string, body: (bench: Bench) => Promise<void>) => void

/** Where the cases of a guarantee are registered. */
export interface MemoryCases extends Pace {
  readonly it: Register
  /** A case that opens the backend again after closing it. */
  readonly itIfDurable: Register
  /** A case that has several stores open on one backend. */
  readonly itIfShared: Register
}

/** Registers each case that the harness allows, on a bench of its own. */
export function memoryCases({ it }: TestRunner, harness: MemoryHarness): MemoryCases {
  const { durable, shared = durable } = harness
  const register: Register = (name, body) => {
    it(name, () => withBench(harness, body))
  }
  const leaveOut = (): void => {}
  return {
    ...paceOf(harness),
    it: register,
    itIfDurable: durable ? register : leaveOut,
    itIfShared: shared ? register : leaveOut,
  }
}
