import { shareOf } from '@harborage/test-kit/measure'
import { expect, test } from 'vitest'
import { demoOnTerminal } from './support/demo-process.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

const LONG = 'a-name-that-is-longer-than-most-of-them/and-one-below-it-that-is-no-shorter'
const files = {
  [`${LONG}/first.ts`]: "import { join } from 'node:path'\n".repeat(20),
  [`${LONG}/second.md`]: '# A heading\n\nTODO: text\n'.repeat(2_000),
  'third.json': '{ "a": 1 }',
}

test.concurrent.for(shareOf([80, 300], { of: 2, part: 0 }))(
  'on a terminal of %d columns no line of the report is longer than that, or than 120',
  async (columns) => {
    await using folder = await temporaryFolder(files)
    const { code, stdout } = await demoOnTerminal(
      ...([columns, '--folder', folder.path, '--kills', '1'] as const),
    )
    const lines = stdout.split('\n').filter((line) => !/^ {2}(folder|database) /.test(line))
    const tooLong = lines.filter((line) => line.length > Math.min(columns, 120))
    expect(tooLong).toEqual([])
    expect(stdout.match(/worker \d killed/g)).toHaveLength(1)
    expect(code).toBe(0)
  },
)
