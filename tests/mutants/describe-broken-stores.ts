import {
  failingCases,
  firstFailingCase,
  type CollectedCase,
} from '@harborage/test-kit/collected-cases'
import { isFullRun, shareOf } from '@harborage/test-kit/measure'
import { describe, expect, it } from 'vitest'

import { faultsToTry } from './faults-to-try.ts'

/** A broken store, as far as any suite needs it. */
interface Broken {
  /** The guarantee that it breaks. */
  readonly guarantee: string
  /** Completes the sentence "a store that …". */
  readonly fault: string
}

/** A suite and the stores that break its guarantees. */
export interface BrokenStores<Store extends Broken, Harness> {
  readonly casesOf: (harness: Harness) => readonly CollectedCase[]
  readonly harnessOf: (broken: Store) => Harness
  /** The harness of a store that is not broken. */
  readonly intact: Harness
  readonly faultsByGuarantee: Readonly<Record<string, readonly Store[]>>
  /** The faults of size, of every guarantee. */
  readonly largeFaults: readonly Store[]
  /** Whether only the cases of a guarantee see its first fault. Default: `false`. */
  readonly isFirstSharp?: boolean
}

/**
 * Describes that the suite passes on a store that is not broken, and catches each broken one. `pnpm
 * test` stops at the first case that fails, and tries a share of the cases on the store that is not
 * broken, of which `tests/conformance` tries all.
 */
export function describeBrokenStores<
  Store extends Broken,
  Harness extends { readonly callMs?: number },
>({
  casesOf,
  harnessOf,
  intact,
  faultsByGuarantee,
  largeFaults,
  isFirstSharp = false,
}: BrokenStores<Store, Harness>): void {
  describe('the conformance suite', () => {
    it('passes on a store that is not broken', async () => {
      const failures: unknown[] = []
      for (const { name, run } of shareOf(casesOf(intact), { of: 16, part: 0 })) {
        const failure = await run()
        if (failure !== undefined) failures.push({ name, failure })
      }
      expect(failures).toEqual([])
    })

    it('has a broken store for the guarantee of each of its cases', () => {
      const guarantees = casesOf(intact).map((each) => each.guarantee)
      expect(new Set(guarantees)).toEqual(new Set(Object.keys(faultsByGuarantee)))
    })

    describe.for([...Object.entries(faultsByGuarantee).entries()])(
      '$1.0',
      ([part, [guarantee, ownFaults]]) => {
        const ofSize = largeFaults.filter((fault) => fault.guarantee === guarantee)
        const faults = faultsToTry([...ownFaults, ...ofSize], part)
        const seenToFail = new Set<string>()
        const isOurs = (each: CollectedCase): boolean => each.guarantee === guarantee

        it.for(faults)('fails on a store that $fault', async (broken) => {
          expect(broken.guarantee).toBe(guarantee)
          const harness = harnessOf(broken)
          // Some faults of size show only where a case has as many entries as on a fast driver.
          const sized = largeFaults.includes(broken) ? { ...harness, callMs: 1 } : harness
          const ours = casesOf(sized).filter(isOurs)
          if (!isFullRun) return expect(await firstFailingCase(ours)).toBeDefined()
          const failing = await failingCases(ours.filter(({ name }) => !seenToFail.has(name)))
          // One failure is enough; a case that was seen to fail need not be seen again.
          const isCaught =
            failing.length > 0 ||
            (await firstFailingCase(ours.filter(({ name }) => seenToFail.has(name)))) !== undefined
          for (const name of failing) seenToFail.add(name)
          expect(isCaught).toBe(true)
        })

        if (isFullRun) {
          it('has no case that was not seen to fail', () => {
            const names = casesOf(intact).flatMap((each) => (isOurs(each) ? [each.name] : []))
            expect(names.filter((name) => !seenToFail.has(name))).toEqual([])
          })
        }

        const [sharp] = faults
        if (!isFirstSharp || sharp === undefined) return
        it(`alone fails on a store that ${sharp.fault}`, async () => {
          const failing: string[] = []
          for (const each of shareOf(casesOf(harnessOf(sharp)), { of: 24, part })) {
            // Histories compare all results, so they see the faults of all guarantees.
            if (isOurs(each) || each.guarantee === 'S12') continue
            // Without the limit of broken stores: a case that passes may take long.
            if ((await each.run()) !== undefined) failing.push(each.name)
          }
          expect(failing).toEqual([])
        })
      },
    )
  })
}
