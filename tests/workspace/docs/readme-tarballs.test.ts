import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

import { publishedPackages } from '../../../scripts/published-packages.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const SCOPE = '@harborage/'
const CORE = '@harborage/core'

/** Returns the packages of the workspace, but core, without which one cannot be installed. */
function needed(folder: string, published: ReadonlySet<string>): readonly string[] {
  const text = readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Manifest
  const { dependencies, peerDependencies, peerDependenciesMeta = {} } = manifest
  return Object.keys({ ...dependencies, ...peerDependencies })
    .filter((name) => published.has(name) && name !== CORE)
    .filter((name) => peerDependenciesMeta[name]?.optional !== true)
    .map((name) => name.replace(SCOPE, ''))
    .toSorted()
}

test('README says what each package needs besides core, if it is installed from its tarball', () => {
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8')
  const told = new Map(
    Array.from(readme.matchAll(/^- for `([\w-]+)`: (.+)$/gm), ([, name = '', list = '']) => [
      name,
      Array.from(list.matchAll(/`([\w-]+)`/g), ([, each = '']) => each).toSorted(),
    ]),
  )
  expect(told.get('langgraph')).toEqual(['state'])
  const packages = publishedPackages(repositoryRoot)
  const published = new Set(packages.map(({ name }) => name))
  const expected = packages
    .map(({ name, folder }) => [name.replace(SCOPE, ''), needed(folder, published)] as const)
    .filter(([name, names]) => names.length > 0 || told.has(name))
  expect(Object.fromEntries(told)).toMatchObject(Object.fromEntries(expected))
})
