import { journalConformance, type JournalHarness } from '@harborage/conformance/journal'
import { JournalStore } from '@harborage/journal'
import { collectCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { shareOf } from '@harborage/test-kit/measure'
import { describe, expect, it } from 'vitest'
import { faultsToTry } from '../faults-to-try.ts'
import { appendFaults } from './append-faults.ts'
import { harnessOf } from './broken-store.ts'
import { dumpFaults } from './dump-faults.ts'
import { expiryFaults } from './expiry-faults.ts'
import { otherFaults } from './other-faults.ts'
import { pruneFaults } from './prune-faults.ts'

const faultsByGuarantee = {
  ...appendFaults,
  ...otherFaults,
  J12: dumpFaults,
  J13: pruneFaults,
  J14: expiryFaults,
}

const guarantees = Object.entries(faultsByGuarantee).map(
  ([guarantee, faults], place) => [guarantee, faults, place] as const,
)

/** Longer than any case takes in memory on an idle machine. */
const FAULT_TIME_LIMIT_MS = 1_500

const casesOf = (harness: JournalHarness): CollectedCase[] =>
  collectCases((runner) => journalConformance(runner, harness))

const intact = harnessOf({ open: (records) => new JournalStore(records) })

describe('the conformance suite of the journal store', () => {
  it('passes on a store that is not broken', async () => {
    const failures: unknown[] = []
    for (const { name, run } of shareOf(casesOf(intact), { of: 8, part: 0 })) {
      const failure = await run()
      if (failure !== undefined) failures.push({ name, failure })
    }
    expect(failures).toEqual([])
  })

  it('has a broken store for the guarantee of each of its cases', () => {
    const ofCases = casesOf(intact).map(({ guarantee }) => guarantee)
    expect(new Set(ofCases)).toEqual(new Set(Object.keys(faultsByGuarantee)))
  })

  // All at the same time, because many faults make a case hang.
  describe.concurrent.for(guarantees)('$0', ([guarantee, faults, place]) => {
    it.for(faultsToTry(faults, place))('fails on a store that $fault', async (broken, context) => {
      context.expect(broken.guarantee).toBe(guarantee)
      context.expect(await firstFailing(casesOf(harnessOf(broken)), guarantee)).toBeDefined()
    })
  })
})

/** Resolves to the first case of a guarantee that fails. */
async function firstFailing(
  cases: readonly CollectedCase[],
  guarantee: string,
): Promise<string | undefined> {
  for (const each of cases) {
    if (each.guarantee === guarantee && (await each.run(FAULT_TIME_LIMIT_MS)) !== undefined)
      return each.name
  }
  return undefined
}
