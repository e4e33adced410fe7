import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The number of files between two slow ones. */
const BETWEEN = 4

/**
 * Files that take long, however small they are: the slices of the faults, which keep many processes
 * busy, and the suites, whose cases are in a package.
 */
const SLOW = /\/slice\.test\.ts$|\/tests\/conformance\/|\/conformance\.test\.ts$/

/**
 * Spreads slow files over the first ones of their project: at its end, one of them would run alone.
 * They stay within it, since a shared process ends before a file of another project.
 */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId)
    const slow = sorted.filter(isSlow)
    const others = sorted.filter((file) => !isSlow(file))
    const first = others.findIndex(({ project }) => project === slow[0]?.project)
    if (first === -1) return sorted
    const mixed = others
      .slice(first)
      .flatMap((file, index) => [...(index % BETWEEN === 0 ? slow.splice(0, 1) : []), file])
    return [...others.slice(0, first), ...mixed, ...slow]
  }
}
