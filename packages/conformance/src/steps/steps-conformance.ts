import { createEventBus } from '@harborage/core'
import { withStores } from '../support/fixture.ts'
import { registerSuite, type Guarantees } from '../support/suite-cases.ts'
import type { TestRunner } from '../test-runner.ts'
import type { StepsHarness } from './steps-harness.ts'
import type { StepFixture } from './support/step-cases.ts'
import { wholeOrNothing } from './x1-whole-or-nothing.ts'
import { racingSteps } from './x1-racing-steps.ts'
import { once } from './x2-once.ts'
import { stepIds } from './x2-step-ids.ts'
import { namedErrors } from './x3-named-errors.ts'
import { oneDatabase } from './x4-one-database.ts'
import { manyParts } from './x5-many-parts.ts'
import { preparedParts } from './x6-prepared-parts.ts'

const guaranteesOf = (harness: StepsHarness): Guarantees<StepFixture> => ({
  'X1 the whole step or nothing': [wholeOrNothing, racingSteps],
  'X2 once': [once, stepIds],
  'X3 named errors': [namedErrors],
  'X4 one database, one tenant': [oneDatabase(harness)],
  'X5 many parts': [manyParts],
  'X6 prepared parts': [preparedParts],
})

/**
 * Registers the cases that steps over the stores of every database pass, one group per guarantee.
 * The name of a case begins with the number of the guarantee that it checks, such as
 * `X1 a step applies all of its parts`.
 *
 * No case limits time: give the runner a limit of 20 seconds per case.
 *
 * @param runner `describe` and `it` of your test runner.
 * @param harness Opens the stores on the database under test, and describes it.
 * @throws `invalid_config` if one of the two is malformed, or the harness has an unknown setting.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { openArtifactStore } from '@harborage/artifacts'
 * import { stepsConformance } from '@harborage/conformance/steps'
 * import { openMemoryStore } from '@harborage/memory'
 * import { openStateStore } from '@harborage/state'
 *
 * stepsConformance({ describe, it }, {
 *   durable: false,
 *   async open(bus) {
 *     const state = await openStateStore()
 *     const artifacts = await openArtifactStore()
 *     const memory = await openMemoryStore({ strategy: 'truncation', bus })
 *     const close = async () => {
 *       for (const store of [state, artifacts, memory]) await store.close()
 *     }
 *     return { state, artifacts, memory, close }
 *   },
 * })
 * ```
 */
export function stepsConformance(runner: TestRunner, harness: StepsHarness): void {
  registerSuite(runner, harness, {
    own: { functions: ['openElsewhere'] },
    withFixture(body) {
      const bus = createEventBus()
      return withStores(
        () => harness.open(bus),
        (fixture) => body({ ...fixture, bus }),
      )
    },
    guarantees: () => guaranteesOf(harness),
  })
}
