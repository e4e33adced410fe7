import { ArtifactStore } from '@harborage/artifacts'
import { artifactsConformance, type ArtifactHarness } from '@harborage/conformance/artifacts'
import { collectCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { describeBrokenStores } from '../describe-broken-stores.ts'
import { failClosedFaults } from './a01-fail-closed.ts'
import { idFaults } from './a02-id.ts'
import { dedupFaults } from './a03-dedup.ts'
import { metadataFaults } from './a04-metadata.ts'
import { sizeFaults } from './a05-size.ts'
import { listFaults } from './a06-list.ts'
import { scopedFaults } from './a07-scoped.ts'
import { durabilityFaults } from './a08-durability.ts'
import { inexactDeletions, inexactLists } from './inexact-drivers.ts'
import { harnessOf, type BrokenStore } from './broken-store.ts'
import { directoryFaults } from './a09-directory.ts'
import { getRefsFaults } from './a09-get-refs.ts'
import { ownerFaults } from './a09-owners.ts'
import { rangeFaults } from './a09-ranges.ts'
import { subtreeFaults } from './a09-subtrees.ts'
import { damageFaults } from './a10-damage.ts'
import { dumpFaults } from './a11-dump.ts'
import { pruneFaults } from './a12-prune.ts'
import { expiryFaults } from './a13-expiry.ts'
import { bytesFaults } from './s07-bytes.ts'
import { deleteFaults } from './s08-delete.ts'
import { closeFaults } from './s10-close.ts'
import { cancellationFaults } from './s11-cancellation.ts'
import { samenessFaults } from './s12-sameness.ts'
import { largeFaults } from './sizes.ts'

/** The faults by guarantee. Only the cases of a guarantee see its first fault. */
const faultsByGuarantee: Readonly<Record<string, readonly BrokenStore[]>> = {
  A1: failClosedFaults,
  A2: idFaults,
  A3: dedupFaults,
  A4: metadataFaults,
  A5: sizeFaults,
  A6: [...listFaults, ...inexactLists],
  A7: scopedFaults,
  A8: durabilityFaults,
  A9: [...getRefsFaults, ...rangeFaults, ...ownerFaults, ...subtreeFaults, ...directoryFaults],
  A10: damageFaults,
  A11: dumpFaults,
  A12: pruneFaults,
  A13: expiryFaults,
  S7: bytesFaults,
  S8: [...deleteFaults, ...inexactDeletions],
  S10: closeFaults,
  S11: cancellationFaults,
  S12: samenessFaults,
}

const casesOf = (harness: ArtifactHarness): CollectedCase[] =>
  collectCases((runner) => artifactsConformance(runner, harness))

const intact = harnessOf({ open: (artifacts, options) => new ArtifactStore(artifacts, options) })

describeBrokenStores({
  casesOf,
  harnessOf,
  intact,
  faultsByGuarantee,
  largeFaults,
  isFirstSharp: true,
})
