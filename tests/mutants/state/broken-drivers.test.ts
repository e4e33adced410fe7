import { stateConformance, type StateHarness } from '@harborage/conformance/state'
import { StateStore } from '@harborage/state'
import { describe, expect, it } from 'vitest'
import { collectCases, failingCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { harnessOf, type BrokenStore } from './broken-store.ts'
import { inexactDeletions, inexactLists, inexactLookups } from './inexact-drivers.ts'
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
}

const casesOf = (harness: StateHarness): CollectedCase[] =>
  collectCases((runner) => stateConformance(runner, harness))

const intact = harnessOf({ open: (records) => new StateStore(records) })

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
      expect(cases.filter(({ name }) => !seenToFail.has(name))).toEqual([])
    })
  })
})
