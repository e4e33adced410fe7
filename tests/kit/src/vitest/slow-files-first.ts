import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The number of files between two slices of the faults, which keep many processes busy. */
const BETWEEN = 4

/**
 * Spreads the slices of the faults over the first files of their project: they take long, however
 * small they are. They stay within it, since a shared process ends before a file of another project.
 */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlice = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('slice.test.ts')
    const slices = sorted.filter(isSlice)
    const others = sorted.filter((file) => !isSlice(file))
    const first = others.findIndex(({ project }) => project === slices[0]?.project)
    if (first === -1) return sorted
    const mixed = others
      .slice(first)
      .flatMap((file, index) => [...(index % BETWEEN === 0 ? slices.splice(0, 1) : []), file])
    return [...others.slice(0, first), ...mixed, ...slices]
  }
}
