import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The number of files between two slices of the faults, which keep many processes busy. */
const BETWEEN = 4

/**
 * Spreads the slices of the faults over the first half of a run: they take long, however small
 * their files are.
 */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlice = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('slice.test.ts')
    const slices = sorted.filter(isSlice)
    const others = sorted.filter((file) => !isSlice(file))
    const mixed = others.flatMap((file, index) => [
      ...(index % BETWEEN === 0 ? slices.splice(0, 1) : []),
      file,
    ])
    return [...mixed, ...slices]
  }
}
