import { memoryConformance, type MemoryHarness } from '@harborage/conformance/memory'
import { MemoryStore, parseMemoryRules } from '@harborage/memory'
import { shareOf } from '@harborage/test-kit/measure'
import { describe, expect, it } from 'vitest'
import { faultsToTry } from '../faults-to-try.ts'
import { collectCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { inexactErasing } from './inexact-drivers.ts'
import { harnessOf, type BrokenStore } from './broken-store.ts'
import { failClosedFaults } from './m01-fail-closed.ts'
import { noneFaults } from './m02-none.ts'
import { truncationFaults } from './m03-truncation.ts'
import { rollingSummaryFaults } from './m04-rolling-summary.ts'
import { durabilityFaults } from './m05-durability.ts'
import { orderFaults } from './m06-order.ts'
import { costFaults } from './m07-cost.ts'
import { healthFaults } from './m08-health.ts'
import { snapshotFaults } from './m09-snapshot.ts'
import { closeFaults } from './m10-close.ts'
import { strategyFaults } from './m11-strategy.ts'
import { deleteAndForgetFaults } from './m12-delete-and-forget.ts'
import { directoryFaults } from './m12-directory.ts'
import { subtreeFaults } from './m12-subtrees.ts'
import { dumpFaults } from './m13-dump.ts'
import { passageFaults } from './m14-passages.ts'
import { pruneFaults } from './m15-prune.ts'
import { turnFaults } from './s07-turns.ts'
import { storeCloseFaults } from './s10-close.ts'
import { cancellationFaults } from './s11-cancellation.ts'
import { samenessFaults } from './s12-sameness.ts'
import { largeFaults } from './sizes.ts'

const faultsByGuarantee: Readonly<Record<string, readonly BrokenStore[]>> = {
  M1: [...failClosedFaults, ...inexactErasing],
  M2: noneFaults,
  M3: truncationFaults,
  M4: rollingSummaryFaults,
  M5: durabilityFaults,
  M6: orderFaults,
  M7: costFaults,
  M8: healthFaults,
  M9: snapshotFaults,
  M10: closeFaults,
  M11: strategyFaults,
  M12: [...deleteAndForgetFaults, ...inexactErasing, ...subtreeFaults, ...directoryFaults],
  M13: dumpFaults,
  M14: passageFaults,
  M15: pruneFaults,
  S7: turnFaults,
  S10: storeCloseFaults,
  S11: cancellationFaults,
  S12: samenessFaults,
}

const guarantees = Object.entries(faultsByGuarantee).map(
  ([guarantee, faults], place) => [guarantee, faults, place] as const,
)

/** Longer than any case takes in memory on an idle machine. */
const FAULT_TIME_LIMIT_MS = 1_500

const casesOf = (harness: MemoryHarness): CollectedCase[] =>
  collectCases((runner) => memoryConformance(runner, harness))

const intact = harnessOf({
  open: (records, rules) => new MemoryStore(records, { rules: parseMemoryRules(rules) }),
})

describe('the conformance suite of the memory store', () => {
  it('passes on a store that is not broken', async () => {
    const failures: unknown[] = []
    for (const { name, run } of shareOf(casesOf(intact), { of: 16, part: 0 })) {
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
    const large = largeFaults[guarantee] ?? []
    it.for(faultsToTry([...faults, ...large], place))(
      'fails on a store that $fault',
      async (broken, context) => {
        // A fault of size shows where a case has as many entries as on a fast driver.
        const sized = large.includes(broken) ? { callMs: 1 } : {}
        const cases = casesOf({ ...harnessOf(broken), ...sized })
        context.expect(await firstFailing(cases, guarantee)).toBeDefined()
      },
    )
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
