import type { HarnessSettings } from '../harness.ts'
import type { TestRunner } from '../test-runner.ts'
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

/** Registers the cases that the harness allows, grouped by guarantee, each with its own fixture. */
export function registerSuite<Fixture>(
  { describe, it }: TestRunner,
  settings: HarnessSettings,
  withFixture: WithFixture<Fixture>,
  guarantees: Guarantees<Fixture>,
): void {
  const { durable, shared = durable } = settings
  const register: Register<Fixture> = (name, body) => {
    it(name, () => withFixture(body))
  }
  const skip = (): void => {}
  const cases = {
    ...paceOf(settings),
    it: register,
    itIfDurable: durable ? register : skip,
    itIfShared: shared ? register : skip,
  }
  for (const [title, groups] of Object.entries(guarantees)) {
    describe(title, () => {
      for (const registerGroup of groups) registerGroup(cases)
    })
  }
}
