import type { Harness } from '../harness.ts'
import type { TestRunner } from '../test-runner.ts'
import { withBench, type Bench, type Closable } from './bench.ts'
import { paceOf, type Pace } from './pace.ts'

type Register<Store, Options> = (
  name: string,
  body: (bench: Bench<Store, Options>) => Promise<void>,
) => void

/** Where the cases of a guarantee are registered. */
export interface SuiteCases<Store, Options = never> extends Pace {
  readonly it: Register<Store, Options>
  /** A case that opens the backend again after closing it. */
  readonly itIfDurable: Register<Store, Options>
  /** A case that has several stores open on one backend. */
  readonly itIfShared: Register<Store, Options>
}

/** Registers the cases of each guarantee that the harness allows, each case on a bench of its own. */
export function registerSuite<Store extends Closable, Options>(
  { describe, it }: TestRunner,
  harness: Harness<Store, Options>,
  guarantees: Readonly<Record<string, readonly ((cases: SuiteCases<Store, Options>) => void)[]>>,
): void {
  const { open, durable, shared = durable } = harness
  const register: Register<Store, Options> = (name, body) => {
    it(name, () => withBench(open, body))
  }
  const leaveOut = (): void => {}
  const cases = {
    ...paceOf(harness),
    it: register,
    itIfDurable: durable ? register : leaveOut,
    itIfShared: shared ? register : leaveOut,
  }
  for (const [title, groups] of Object.entries(guarantees)) {
    describe(title, () => {
      for (const registerGroup of groups) registerGroup(cases)
    })
  }
}
