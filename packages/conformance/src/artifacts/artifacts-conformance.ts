import type { ArtifactStore } from '@harborage/artifacts'
import { withStores, type StoreFixture } from '../support/fixture.ts'
import { registerSuite, type Guarantees } from '../support/suite-cases.ts'
import type { TestRunner } from '../test-runner.ts'
import { failClosed } from './a01-fail-closed.ts'
import { otherScopes } from './a01-other-scopes.ts'
import { scopeText } from './a01-scope-text.ts'
import { unknownNames } from './a01-unknown-names.ts'
import { collidingContents } from './a02-colliding-pair.ts'
import { ids } from './a02-ids.ts'
import { dedup } from './a03-dedup.ts'
import { metadata } from './a04-metadata.ts'
import { source } from './a04-source.ts'
import { size } from './a05-size.ts'
import { largePages } from './a06-large-pages.ts'
import { list } from './a06-list.ts'
import { walks } from './a06-walks.ts'
import { offload } from './a07-offload.ts'
import { scoped } from './a07-scoped.ts'
import { durability } from './a08-durability.ts'
import { directory } from './a09-directory.ts'
import { getRefs } from './a09-get-refs.ts'
import { owners } from './a09-owners.ts'
import { ranges } from './a09-ranges.ts'
import { subtrees } from './a09-subtrees.ts'
import { damage } from './a10-damage.ts'
import { dump } from './a11-dump.ts'
import { dumpedExpiry } from './a11-expiry.ts'
import { pruning } from './a12-prune.ts'
import { pruneRaces } from './a12-prune-races.ts'
import { expiry } from './a13-expiry.ts'
import { renewals } from './a13-renewals.ts'
import type { ArtifactHarness, ArtifactLimits, DamagedPart } from './artifact-harness.ts'
import { bytes } from './s07-bytes.ts'
import { text } from './s07-text.ts'
import { deletion } from './s08-delete.ts'
import { close } from './s10-close.ts'
import { cancellation } from './s11-cancellation.ts'
import { sameness } from './s12-sameness.ts'
import { sizes } from './sizes.ts'

const guaranteesOf = (
  harness: ArtifactHarness,
): Guarantees<StoreFixture<ArtifactStore, ArtifactLimits>> => ({
  'A1 identity': [failClosed, otherScopes, scopeText, unknownNames],
  'A2 id': [ids, collidingContents],
  'A3 dedup': [dedup],
  'A4 metadata': [metadata, source],
  'A5 size': [size],
  'A6 list': [list, walks, largePages],
  'A7 scoped': [scoped, offload],
  'A8 durable and atomic': [durability],
  'A9 many refs, ranges, owners and subtrees': [getRefs, ranges, owners, subtrees, directory],
  'A10 damage': [damage(harness)],
  'A11 dump and load': [dump, dumpedExpiry],
  'A12 prune': [pruning, pruneRaces],
  'A13 expiry': [expiry, renewals],
  'S7 bytes': [bytes, text],
  'S8 delete': [deletion],
  'S10 close': [close],
  'S11 cancellation': [cancellation],
  'S12 sameness': [sameness],
  'sizes beyond a page, a batch, a column and 32 bits': [sizes],
})

/**
 * Registers the cases that every artifact driver passes, one group per guarantee. The name of a
 * case begins with the number of the guarantee that it checks, such as
 * `A3 a later put of equal bytes returns the first ref unchanged`.
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
 * import { ArtifactStore, InMemoryArtifactDriver } from '@harborage/artifacts'
 * import { artifactsConformance } from '@harborage/conformance/artifacts'
 *
 * artifactsConformance(
 *   { describe, it },
 *   {
 *     open: async (limits) => new ArtifactStore(new InMemoryArtifactDriver(), limits),
 *     durable: false,
 *   },
 * )
 * ```
 */
export function artifactsConformance(runner: TestRunner, harness: ArtifactHarness): void {
  registerSuite(runner, harness, {
    own: { groups: { damage: ['bytes', 'size', 'checksum', 'digest'] satisfies DamagedPart[] } },
    withFixture: (body) => withStores(harness.open, body),
    guarantees: () => guaranteesOf(harness),
  })
}
