import type { StateStore } from '@harborage/state'
import { withStores, type StoreFixture } from '../support/fixture.ts'
import { registerSuite, type Guarantees } from '../support/suite-cases.ts'
import type { TestRunner } from '../test-runner.ts'
import { failClosed } from './s01-fail-closed.ts'
import { identityText } from './s01-identity-text.ts'
import { unknownNames } from './s01-unknown-names.ts'
import { idempotentEventIds } from './s02-idempotent-event-ids.ts'
import { overwrite } from './s03-overwrite.ts'
import { staleRetry } from './s04-stale-retry.ts'
import { compareAndSet } from './s05-compare-and-set.ts'
import { commitConcurrency } from './s06-commit-concurrency.ts'
import { commitRetry } from './s06-commit-retry.ts'
import { commit } from './s06-commit.ts'
import { bytes } from './s07-bytes.ts'
import { versionsAndDates } from './s07-versions-and-dates.ts'
import { deletion } from './s08-delete.ts'
import { kindIndex } from './s09-kind-index.ts'
import { largePages } from './s09-large-pages.ts'
import { listKind } from './s09-list-kind.ts'
import { list } from './s09-list.ts'
import { walks } from './s09-walks.ts'
import { close } from './s10-close.ts'
import { cancellation } from './s11-cancellation.ts'
import { concurrency } from './s12-concurrency.ts'
import { sameness } from './s12-sameness.ts'
import { expiry } from './s13-expiry.ts'
import { pruning } from './s13-prune.ts'
import { pruningOfLeases } from './s13-prune-leases.ts'
import { touching } from './s13-touch.ts'
import { commitMany } from './s14-commit.ts'
import { createdAt } from './s14-created-at.ts'
import { keys } from './s14-keys.ts'
import { loadMany } from './s14-load-many.ts'
import { ranges } from './s14-ranges.ts'
import { owners } from './s15-owners.ts'
import { subtrees } from './s15-subtrees.ts'
import { directory } from './s16-directory.ts'
import { lease } from './s17-lease.ts'
import { dump } from './s18-dump.ts'
import { load } from './s18-load.ts'
import { sizes } from './sizes.ts'
import type { StateHarness } from './state-harness.ts'

const guaranteesOf = (harness: StateHarness): Guarantees<StoreFixture<StateStore>> => ({
  'S1 fail closed': [failClosed, identityText, unknownNames],
  'S2 idempotent on the event id': [idempotentEventIds],
  'S3 overwrite': [overwrite],
  'S4 stale retries': [staleRetry],
  'S5 compare and set': [compareAndSet],
  'S6 commit': [commit, commitRetry, commitConcurrency],
  'S7 bytes': [bytes, versionsAndDates],
  'S8 delete': [deletion],
  'S9 list': [list, listKind, walks, largePages, kindIndex(harness)],
  'S10 close': [close],
  'S11 cancellation': [cancellation],
  'S12 sameness': [sameness, concurrency],
  'S13 expiry': [expiry, touching, pruning, pruningOfLeases],
  'S14 many at once': [loadMany, ranges, keys, createdAt, commitMany],
  'S15 owners': [owners, subtrees],
  'S16 directory': [directory],
  'S17 lease': [lease],
  'S18 dump and load': [dump, load],
  'sizes beyond a page, a batch, a column and 32 bits': [sizes],
})

/**
 * Registers the cases that every state driver passes, one group per guarantee. The name of a case
 * begins with the number of the guarantee that it checks, such as
 * `S4 a stale retry never rolls back`.
 *
 * No case limits time, and on most drivers none takes more than a few seconds: give the runner a
 * limit of 20 seconds per case. For a slow driver, set `callMs`: each case then makes at most about
 * 500 consecutive calls.
 *
 * @param runner `describe` and `it` of your test runner.
 * @param harness Opens a store on the driver under test, and describes the driver.
 * @throws `invalid_config` if one of the two is malformed, or the harness has an unknown setting.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { stateConformance } from '@harborage/conformance/state'
 * import { InMemoryStateDriver, StateStore } from '@harborage/state'
 *
 * stateConformance(
 *   { describe, it },
 *   { open: async () => new StateStore(new InMemoryStateDriver()), durable: false },
 * )
 * ```
 */
export function stateConformance(runner: TestRunner, harness: StateHarness): void {
  registerSuite(runner, harness, {
    own: { functions: ['openWithoutKindIndex'] },
    withFixture: (body) => withStores(harness.open, body),
    guarantees: () => guaranteesOf(harness),
  })
}
