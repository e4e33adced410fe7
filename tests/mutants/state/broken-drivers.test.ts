import { stateConformance, type StateHarness } from '@harborage/conformance/state'
import { StateStore } from '@harborage/state'
import { collectCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { describeBrokenStores } from '../describe-broken-stores.ts'
import { harnessOf, type BrokenStore } from './broken-store.ts'
import { inexactDeletions, inexactLists, inexactLookups, inexactReads } from './inexact-drivers.ts'
import { failClosedFaults } from './s01-fail-closed.ts'
import { idempotencyFaults } from './s02-idempotent-event-ids.ts'
import { overwriteFaults } from './s03-overwrite.ts'
import { staleRetryFaults } from './s04-stale-retry.ts'
import { compareAndSetFaults } from './s05-compare-and-set.ts'
import { commitFaults } from './s06-commit.ts'
import { bytesFaults } from './s07-bytes.ts'
import { deleteFaults } from './s08-delete.ts'
import { listFaults } from './s09-list.ts'
import { closeFaults } from './s10-close.ts'
import { cancellationFaults } from './s11-cancellation.ts'
import { samenessFaults } from './s12-sameness.ts'
import { expiryFaults } from './s13-expiry.ts'
import { commitManyFaults } from './s14-commit.ts'
import { createdAtFaults } from './s14-created-at.ts'
import { manyAtOnceFaults } from './s14-many-at-once.ts'
import { ownerFaults } from './s15-owners.ts'
import { subtreeFaults } from './s15-subtrees.ts'
import { directoryFaults } from './s16-directory.ts'
import { leaseFaults } from './s17-lease.ts'
import { dumpFaults } from './s18-dump.ts'
import { largeFaults } from './sizes.ts'

const faultsByGuarantee: Readonly<Record<string, readonly BrokenStore[]>> = {
  S1: [...failClosedFaults, ...inexactLookups],
  S2: idempotencyFaults,
  S3: overwriteFaults,
  S4: staleRetryFaults,
  S5: compareAndSetFaults,
  S6: commitFaults,
  S7: bytesFaults,
  S8: [...deleteFaults, ...inexactDeletions],
  S9: [...listFaults, ...inexactLists],
  S10: closeFaults,
  S11: cancellationFaults,
  S12: samenessFaults,
  S13: expiryFaults,
  S14: [...manyAtOnceFaults, ...createdAtFaults, ...commitManyFaults, ...inexactReads],
  S15: [...ownerFaults, ...subtreeFaults],
  S16: directoryFaults,
  S17: leaseFaults,
  S18: dumpFaults,
}

const casesOf = (harness: StateHarness): CollectedCase[] =>
  collectCases((runner) => stateConformance(runner, harness))

const intact = harnessOf({ open: (records) => new StateStore(records) })

describeBrokenStores({
  casesOf,
  harnessOf,
  intact,
  faultsByGuarantee,
  largeFaults,
})
