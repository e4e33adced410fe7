import type { HarnessSettings } from '../harness.ts'
import type { TestRunner } from '../test-runner.ts'
import { checkSuite, type OwnParts } from './check-harness.ts'
import { paceOf, type Pace } from './pace.ts'

/** Runs a case with what it needs, and cleans up afterward. */
export type WithFixture<Fixture> = (body: (fixture: Fixture) => Promise<void>) => Promise<void>

type Register<Fixture> = (name: string, body: (fixture: Fixture) => Promise<void>) => void

/** The functions that register the cases of a guarantee, and the pace of the cases. */
export interface SuiteCases<Fixture> extends Pace {
  readonly it: Register<Fixture>
  /** Registers a case that reopens the backend after closing it. */
  readonly itIfDurable: Register<Fixture>
  /** Registers a case that has several stores open on one backend. */
  readonly itIfShared: Register<Fixture>
}

/** The functions that register the cases of each guarantee, by the title of the guarantee. */
export type Guarantees<Fixture> = Readonly<
  Record<string, readonly ((cases: SuiteCases<Fixture>) => void)[]>
>

/** One of the suites. */
export interface Suite<Fixture> {
  /** What its harness may have besides the settings of all suites. Default: nothing. */
  readonly own?: OwnParts
  readonly withFixture: WithFixture<Fixture>
  readonly guarantees: () => Guarantees<Fixture>
}

/**
 * Registers the cases that the harness allows, grouped by guarantee, each with its own fixture.
 *
 * @throws `invalid_config` if the runner or the harness is malformed, or has an unknown setting.
 */
export function registerSuite<Fixture>(
  runner: TestRunner,
  harness: HarnessSettings,
  { own = {}, withFixture, guarantees }: Suite<Fixture>,
): void {
  checkSuite(runner, harness, own)
  const { describe, it } = runner
  const { durable, shared = durable } = harness
  const register: Register<Fixture> = (name, body) => {
    it(name, () => withFixture(body))
  }
  const skip = (): void => {}
  const cases = {
    ...paceOf(harness),
    it: register,
    itIfDurable: durable ? register : skip,
    itIfShared: shared ? register : skip,
  }
  for (const [title, groups] of Object.entries(guarantees())) {
    describe(title, () => {
      for (const registerGroup of groups) registerGroup(cases)
    })
  }
}
