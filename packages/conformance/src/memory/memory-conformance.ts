import { registerSuite, type Guarantees } from '../support/suite-cases.ts'
import type { TestRunner } from '../test-runner.ts'
import { failClosed } from './m01-fail-closed.ts'
import { failingBus } from './m01-failing-bus.ts'
import { isolation } from './m01-isolation.ts'
import { none } from './m02-none.ts'
import { truncation } from './m03-truncation.ts'
import { rollingSummary } from './m04-context.ts'
import { folds } from './m04-folds.ts'
import { durability } from './m05-durability.ts'
import { order } from './m06-order.ts'
import { cost } from './m07-cost.ts'
import { health } from './m08-health.ts'
import { recovery } from './m08-recovery.ts'
import { summarizerFaults } from './m08-summarizer-faults.ts'
import { invalidSnapshots } from './m09-invalid-snapshots.ts'
import { restoredFolds } from './m09-restored-folds.ts'
import { snapshots } from './m09-snapshot.ts'
import { closing } from './m10-close.ts'
import { conversion } from './m11-conversion.ts'
import { strategyCheck } from './m11-strategy.ts'
import { deletion } from './m12-deletion.ts'
import { directory } from './m12-directory.ts'
import { forgetting } from './m12-forgetting.ts'
import { subtrees } from './m12-subtrees.ts'
import { dump } from './m13-dump.ts'
import { load } from './m13-load.ts'
import { passageDump } from './m14-passage-dump.ts'
import { passageOwners } from './m14-passage-owners.ts'
import { passages } from './m14-passages.ts'
import { passagePruning } from './m15-passages.ts'
import { pruning } from './m15-prune.ts'
import type { MemoryHarness } from './memory-harness.ts'
import { turns } from './s07-turns.ts'
import { close } from './s10-close.ts'
import { cancellation } from './s11-cancellation.ts'
import { sameness } from './s12-sameness.ts'
import { sizes } from './sizes.ts'
import { withMemoryFixture, type MemoryFixture } from './support/fixture.ts'

const guarantees: Guarantees<MemoryFixture> = {
  'M1 fail closed': [failClosed, failingBus, isolation],
  'M2 none': [none],
  'M3 truncation': [truncation],
  'M4 rolling summary': [rollingSummary, folds],
  'M5 durable across crashes and replicas': [durability],
  'M6 order': [order],
  'M7 cost': [cost],
  'M8 health': [health, recovery, summarizerFaults],
  'M9 snapshot and restore': [snapshots, restoredFolds, invalidSnapshots],
  'M10 close': [closing],
  'M11 strategy': [strategyCheck, conversion],
  'M12 delete, forget and find': [deletion, subtrees, forgetting, directory],
  'M13 dump and load': [dump, load],
  'M14 passages': [passages, passageOwners, passageDump],
  'M15 prune': [pruning, passagePruning],
  'S7 turns': [turns],
  'S10 close': [close],
  'S11 cancellation': [cancellation],
  'S12 sameness': [sameness],
  'sizes beyond a page, a batch, a column and 32 bits': [sizes],
}

/**
 * Registers the cases that every memory driver passes under every strategy, one group per
 * guarantee. The name of a case begins with the number of the guarantee that it checks, such as
 * `M5 a retried turn is stored once`.
 *
 * On most drivers no case takes more than a few seconds: give the runner a limit of 20 seconds per
 * case. A case that hangs fails by itself, after the time of 1,000 calls and five minutes. For a
 * slow driver, set `callMs`: each case then makes at most about 500 consecutive calls.
 *
 * @param runner `describe` and `it` of your test runner.
 * @param harness Opens a store on the driver under test, and describes the driver.
 * @throws `invalid_config` if one of the two is malformed, or the harness has an unknown setting.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryConformance } from '@harborage/conformance/memory'
 * import { InMemoryMemoryDriver, MemoryStore, parseMemoryRules } from '@harborage/memory'
 *
 * memoryConformance(
 *   { describe, it },
 *   {
 *     open: async (rules) =>
 *       new MemoryStore(new InMemoryMemoryDriver(), { rules: parseMemoryRules(rules) }),
 *     durable: false,
 *   },
 * )
 * ```
 */
export function memoryConformance(runner: TestRunner, harness: MemoryHarness): void {
  registerSuite(runner, harness, {
    withFixture: (body) => withMemoryFixture(harness, body),
    guarantees: () => guarantees,
  })
}
