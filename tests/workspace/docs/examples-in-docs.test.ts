import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { describe, expect, test } from 'vitest'

import { publishedPatterns } from '../../../scripts/published-packages.ts'
import { faultsOf } from './check-examples.ts'
import { createConsumerProject } from './consumer-project.ts'
import { examplesOfPage, examplesOfSource, type Example } from './find-examples.ts'

const pages = globSync(
  ['*.md', 'docs/**/*.md', 'examples/*/README.md', ...inPublished('README.md')],
  // The guides are run as a whole, in projects of their own: tests/workspace/packaging/guides.ts.
  // The API reference repeats the examples of the sources.
  { cwd: repositoryRoot, exclude: ['docs/guides/**', 'docs/api/**'] },
)
const sources = globSync(inPublished('src/**/*.ts'), { cwd: repositoryRoot })

test('every example in the documentation compiles, runs, and prints what its comments say', async () => {
  const examples = [
    ...pages.flatMap((path) => examplesOfPage(path, read(path))),
    ...sources.flatMap((path) => examplesOfSource(path, read(path))),
  ]
  expect(pages).toContain('README.md')
  expect(examples.length).toBeGreaterThan(10)
  await using project = await createConsumerProject()
  expect(await faultsOf(project, examples)).toEqual([])
})

describe('an example is reported with its file and its line', () => {
  test.each<[what: string, code: string[], report: RegExp]>([
    [
      'if it does not compile',
      [`import { newEventId } from '@harborage/core'`, ``, `const id: number = newEventId()`],
      /^docs\/planted\.md:13: TS2322 Type 'EventId' is not assignable to type 'number'/,
    ],
    [
      'if it does not compile under strict',
      [`export const length = (text) => text.length`],
      /^docs\/planted\.md:11: TS7006/,
    ],
    [
      'if it imports a name that no package exports',
      [`import { checkKind } from '@harborage/state/internal/check-record.ts'`],
      /^docs\/planted\.md:11: TS2307/,
    ],
    ['if it throws', [`throw new Error('on purpose')`], /^docs\/planted\.md:10: .*on purpose/],
    ['if it ends the process', [`process.exit(0)`], /^docs\/planted\.md:10: .*ended the process/],
    [
      'if it does not print what its comment says',
      [`console.log('saved') // 'saved': fine`, `console.log(1 + 1) // 3`],
      /^docs\/planted\.md:12: the comment says 3, printed was 2/,
    ],
  ])('%s', async (_, code, report) => {
    await using project = await createConsumerProject()
    expect(await faultsOf(project, [planted(code)])).toEqual([expect.stringMatching(report)])
  })

  test('if it is not a part of the file that it names', async () => {
    await using project = await createConsumerProject()
    const proof = { file: 'packages/core/src/sql/lock-key.ts' }
    const pieces = [
      planted(['for (const byte of Buffer.from(name)) {', 'hash = BigInt.asUintN(64, hash)', '}']),
      planted(['return BigInt.asIntN(64, hash)']),
    ]
    const faults = await faultsOf(
      project,
      pieces.map((piece) => ({ ...piece, proof })),
    )
    expect(faults).toEqual([`docs/planted.md:10: this is not a piece of ${proof.file}`])
  })

  test('unless it is not to be run', async () => {
    await using project = await createConsumerProject()
    const example = { ...planted([`throw new Error('on purpose')`]), proof: 'compile' as const }
    expect(await faultsOf(project, [example])).toEqual([])
  })
})

function inPublished(pattern: string): string[] {
  return publishedPatterns.map((folder) => `${folder}/${pattern}`)
}

function planted(code: readonly string[]): Example {
  return { path: 'docs/planted.md', line: 10, code: code.join('\n'), proof: 'run' }
}

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8')
}
