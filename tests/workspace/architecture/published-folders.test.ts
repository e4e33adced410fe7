import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

import { publishedFolders, publishedPackages } from '../../../scripts/published-packages.ts'
import vitestConfig from '../../../vitest.config.ts'

test('a package in any of the folders is published', () => {
  const planted = mkdtempSync(join(tmpdir(), 'harborage-published-'))
  for (const folder of ['packages/core', 'adapters/frame', 'tools/cli', 'examples/demo', 'tests']) {
    mkdirSync(join(planted, folder), { recursive: true })
    writeFileSync(join(planted, folder, 'package.json'), JSON.stringify({ name: folder }))
  }
  mkdirSync(join(planted, 'packages/left-over/node_modules'), { recursive: true })
  const found = publishedPackages(planted)
  rmSync(planted, { recursive: true })
  expect(found.map(({ folder }) => folder)).toEqual([
    'adapters/frame',
    'packages/core',
    'tools/cli',
  ])
})

test("the README's list of packages has every published package", () => {
  const page = read('README.md')
  const missing = publishedPackages(repositoryRoot).filter(
    ({ name, folder }) => !page.includes(`- [\`${name}\`](${folder}): `),
  )
  expect(missing).toEqual([])
})

test.each(publishedFolders)('%s is covered by configuration that lists the folders', (folder) => {
  const lines = read('pnpm-workspace.yaml').split('\n')
  expect(lines).toContain(`  - ${folder}/*`)
  const { overrides } = JSON.parse(read('.oxlintrc.json')) as {
    overrides: readonly { files: readonly string[] }[]
  }
  const all = `{${publishedFolders.join(',')}}`
  const linted = overrides.flatMap(({ files }) => files)
  expect(linted).toEqual(expect.arrayContaining([`${all}/*/src/**`, `${all}/*/test/**`]))
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect(scripts['test:unit']?.split(' ')).toContain(folder)
  const included = vitestConfig.test?.projects?.flatMap((project) =>
    typeof project === 'object' && 'test' in project ? (project.test?.include ?? []) : [],
  )
  expect(included).toContain(`${folder}/*/test/**/*.test.ts`)
})

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8')
}
