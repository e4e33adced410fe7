import { StateStore } from '@harborage/state'
import { describe, expect, it } from 'vitest'
import { harnessOf, type BrokenStore } from './broken-store.ts'
import { collectCases, failingCases } from './collected-cases.ts'
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

const faultsByGuarantee: Readonly<Record<string, readonly BrokenStore[]>> = {
  S1: failClosedFaults,
  S2: idempotencyFaults,
  S3: overwriteFaults,
  S4: staleRetryFaults,
  S5: compareAndSetFaults,
  S6: commitFaults,
  S7: bytesFaults,
  S8: deleteFaults,
  S9: listFaults,
  S10: closeFaults,
  S11: cancellationFaults,
  S12: samenessFaults,
}

const intact = harnessOf({ open: (records) => new StateStore(records) })

describe('the conformance suite', () => {
  it('passes on a store that is not broken', async () => {
    const failures: unknown[] = []
    for (const { name, run } of collectCases(intact)) {
      const failure = await run()
      if (failure !== undefined) failures.push({ name, failure })
    }
    expect(failures).toEqual([])
  })

  it('has a broken store for the guarantee of each of its cases', () => {
    const guarantees = collectCases(intact).map(({ name }) => name.split(' ')[0])
    expect(new Set(guarantees)).toEqual(new Set(Object.keys(faultsByGuarantee)))
  })

  describe.for(Object.entries(faultsByGuarantee))('%s', ([guarantee, faults]) => {
    const seenToFail = new Set<string>()

    it.for(faults)('fails on a store that $fault', async (broken) => {
      expect(broken.guarantee).toBe(guarantee)
      const failing = await failingCases(harnessOf(broken), guarantee)
      for (const name of failing) seenToFail.add(name)
      expect(failing).not.toEqual([])
    })

    it('has no case that was not seen to fail', () => {
      const names = collectCases(intact).map(({ name }) => name)
      const cases = names.filter((name) => name.startsWith(`${guarantee} `))
      expect(cases.filter((name) => !seenToFail.has(name))).toEqual([])
    })
  })
})
