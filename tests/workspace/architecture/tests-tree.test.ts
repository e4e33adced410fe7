import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

const root = join(repositoryRoot, 'tests')
const files = globSync('**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] }).map((path) =>
  path.replaceAll('\\', '/'),
)
const page = readFileSync(join(root, 'README.md'), 'utf8')

test('tests/README.md has a line for every folder with tests, and for no other', () => {
  expect(faultsOfTree(page, files)).toEqual([])
})

test('a folder without a line and a line without a folder are reported', () => {
  const line = (folder: string): string => `- \`${folder}\`: what is there`
  const lines = [line('stores/state'), line('faults/rows/<fault>'), line('gone')].join('\n')
  const planted = [
    'stores/state/size.test.ts',
    'stores/state/deep/rows.test.ts',
    'stores/journal/size.test.ts',
    'stray.test.ts',
    'faults/rows/flood/slice.test.ts',
  ]
  expect(faultsOfTree(lines, planted)).toEqual([
    'no line has the folder of stores/journal/size.test.ts',
    'no line has the folder of stray.test.ts',
    'the line of gone has no folder',
  ])
})

/** The line of a folder is also that of the folders below it. */
function faultsOfTree(list: string, paths: readonly string[]): string[] {
  const lines = Array.from(list.matchAll(/^- `([^`]+)`:/gm), ([, folder = '']) => folder)
  const patterns = lines.map((folder) => new RegExp(`^${folder.replace(/<\w+>/, '[\\w-]+')}(/|$)`))
  const isListed = (path: string): boolean => {
    return patterns.some((pattern) => pattern.test(dirname(path)))
  }
  return [
    ...paths
      .filter((path) => path.endsWith('.test.ts') && !isListed(path))
      .map((path) => `no line has the folder of ${path}`),
    ...lines
      .filter((_, index) => !paths.some((path) => patterns[index]?.test(path)))
      .map((folder) => `the line of ${folder} has no folder`),
  ]
}
