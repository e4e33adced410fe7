import { ArtifactStore } from '@harborage/artifacts'
import { artifactsConformance, type ArtifactHarness } from '@harborage/conformance/artifacts'
import { describe, expect, it } from 'vitest'
import { collectCases, failingCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
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
  S7: bytesFaults,
  S8: [...deleteFaults, ...inexactDeletions],
  S10: closeFaults,
  S11: cancellationFaults,
  S12: samenessFaults,
}

const casesOf = (harness: ArtifactHarness): CollectedCase[] =>
  collectCases((runner) => artifactsConformance(runner, harness))

const intact = harnessOf({ open: (artifacts, options) => new ArtifactStore(artifacts, options) })

describe('the conformance suite', () => {
  it('passes on a store that is not broken', async () => {
    const failures: unknown[] = []
    for (const { name, run } of casesOf({ ...intact, callMs: 1 })) {
      const failure = await run()
      if (failure !== undefined) failures.push({ name, failure })
    }
    expect(failures).toEqual([])
  })

  it('has a broken store for the guarantee of each of its cases', () => {
    const guarantees = casesOf(intact).map((each) => each.guarantee)
    expect(new Set(guarantees)).toEqual(new Set(Object.keys(faultsByGuarantee)))
  })

  describe.for(Object.entries(faultsByGuarantee))('%s', ([guarantee, ownFaults]) => {
    const faults = [...ownFaults, ...largeFaults.filter((fault) => fault.guarantee === guarantee)]
    const seenToFail = new Set<string>()
    const isOurs = (each: CollectedCase): boolean => each.guarantee === guarantee

    it.for(faults)('fails on a store that $fault', async (broken) => {
      expect(broken.guarantee).toBe(guarantee)
      const harness = harnessOf(broken)
      // Some faults of size show only where a case has as many entries as on a fast driver.
      const sized = largeFaults.includes(broken) ? { ...harness, callMs: 1 } : harness
      const failing = await failingCases(casesOf(sized), isOurs)
      for (const name of failing) seenToFail.add(name)
      expect(failing).not.toEqual([])
    })

    it('has no case that was not seen to fail', () => {
      const cases = casesOf(intact).filter(isOurs)
      expect(cases.map(({ name }) => name).filter((name) => !seenToFail.has(name))).toEqual([])
    })

    it(`alone fails on a store that ${faults[0]?.fault}`, async () => {
      const [sharp] = faults
      if (sharp === undefined) throw new Error('each guarantee has a broken store')
      // Histories compare all results, so they see the faults of all guarantees.
      const others = await failingCases(
        casesOf(harnessOf(sharp)),
        (each) => !isOurs(each) && each.guarantee !== 'S12',
      )
      expect(others).toEqual([])
    })
  })
})
