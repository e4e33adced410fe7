import type { JournalStore } from '@harborage/journal'
import { withStores, type StoreFixture } from '../support/fixture.ts'
import { registerSuite, type Guarantees } from '../support/suite-cases.ts'
import type { TestRunner } from '../test-runner.ts'
import { failClosed, malformedCalls } from './j01-fail-closed.ts'
import { order } from './j02-order.ts'
import { idempotency } from './j03-idempotency.ts'
import { compare } from './j04-compare.ts'
import { replacement } from './j05-replace.ts'
import { reading } from './j06-reading.ts'
import { cost } from './j07-cost.ts'
import { following } from './j08-follow.ts'
import { cancellation } from './j09-cancellation.ts'
import { close } from './j09-close.ts'
import { concurrency } from './j10-concurrency.ts'
import { sameness } from './j10-sameness.ts'
import { directory } from './j11-directory.ts'
import { subtrees } from './j11-subtrees.ts'
import { trimAndDelete } from './j11-trim-and-delete.ts'
import { dump } from './j12-dump.ts'
import { load } from './j12-load.ts'
import { pruning } from './j13-prune.ts'
import { beginningAnew } from './j14-begin-anew.ts'
import { expiry } from './j14-expiry.ts'
import { pruningOfExpired } from './j14-prune.ts'
import { touching } from './j14-touch.ts'
import type { JournalHarness } from './journal-harness.ts'

const guarantees: Guarantees<StoreFixture<JournalStore>> = {
  'J1 fail closed': [failClosed, malformedCalls],
  'J2 order': [order],
  'J3 idempotent on the entry id': [idempotency],
  'J4 compare and append': [compare],
  'J5 replace': [replacement],
  'J6 reading': [reading],
  'J7 cost': [cost],
  'J8 follow': [following],
  'J9 close and cancel': [close, cancellation],
  'J10 sameness': [sameness, concurrency],
  'J11 trim, delete and find': [trimAndDelete, subtrees, directory],
  'J12 dump and load': [dump, load],
  'J13 prune': [pruning],
  'J14 expiry': [expiry, beginningAnew, touching, pruningOfExpired],
}

/**
 * Registers the cases that every journal driver passes, one group per guarantee. The name of a case
 * begins with the number of the guarantee that it checks, such as
 * `J3 a repeated append is unchanged and answers its positions`.
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
 * import { journalConformance } from '@harborage/conformance/journal'
 * import { InMemoryJournalDriver, JournalStore } from '@harborage/journal'
 *
 * journalConformance(
 *   { describe, it },
 *   { open: async () => new JournalStore(new InMemoryJournalDriver()), durable: false },
 * )
 * ```
 */
export function journalConformance(runner: TestRunner, harness: JournalHarness): void {
  registerSuite(runner, harness, {
    withFixture: (body) => withStores(harness.open, body),
    guarantees: () => guarantees,
  })
}
