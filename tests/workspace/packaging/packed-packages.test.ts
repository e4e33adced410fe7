import { checkPackage } from '@arethetypeswrong/core'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, test } from 'vitest'

import { publishedPackages } from '../../../scripts/published-packages.ts'
import { declaredEntries } from './named-in-declarations.ts'
import { packedPackages } from './packed-package.ts'

const packages = await packedPackages()

test('every published package is packed', () => {
  const published = publishedPackages(repositoryRoot)
  const names = published.map(({ name }) => name)
  expect(packages.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})

describe.each(packages)('$name as it is published', (packed) => {
  const { manifest, files, tarball, content } = packed

  test('contains only its build, its sources, the license and a README', () => {
    const other = files.filter(
      (file) => !/^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.(ts|md))$/.test(file),
    )
    expect(other).toEqual(['LICENSE', 'README.md', 'package.json'])
  })

  test('has the output of each of its sources, and none of a source that is gone', () => {
    const built = files.filter((file) => file.endsWith('.js'))
    const sources = files.filter((file) => /^src\/.+\.ts$/.test(file))
    expect(built).toEqual(sources.map((file) => file.replace(/^src(.+)\.ts$/, 'dist$1.js')))
  })

  test('depends on versions that a registry knows', () => {
    const ranges = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies })
    expect(ranges.filter((range) => /^(workspace|catalog|file|link):/.test(range))).toEqual([])
  })

  test('has a build behind its exports', () => {
    const targets = JSON.stringify(manifest.exports)
    expect(targets).toContain('./dist/')
    expect(targets).not.toContain('./src/')
  })

  // kysely is an internal detail: who imports a package reads no type of it. Only an author of an
  // engine or of a store's SQL does, by `@harborage/core/sql`.
  test('names no type of kysely in the declarations of its entries', () => {
    const entries = declaredEntries(packed)
    expect(entries.map(({ entry }) => entry)).toEqual(
      Object.keys(manifest.exports).filter((entry) => entry !== './package.json'),
    )
    const naming = entries.filter(({ named }) => named.has('kysely')).map(({ entry }) => entry)
    expect(naming).toEqual(packed.name === '@harborage/core' ? ['./sql'] : [])
  })

  test('publint finds nothing', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: arrayBuffer(tarball) },
      strict: true,
    })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('are-the-types-wrong finds nothing that concerns an ES module', async () => {
    const result = await checkPackage(content)
    const problems = result.types === false ? ['it has no types'] : result.problems
    // A package of ES modules does not promise require(), nor resolution without exports maps.
    const elsewhere = ['node10', 'node16-cjs']
    expect(
      problems.filter(
        (problem) =>
          typeof problem === 'string' ||
          !('resolutionKind' in problem && elsewhere.includes(problem.resolutionKind)),
      ),
    ).toEqual([])
  })
})

function arrayBuffer(bytes: Buffer<ArrayBuffer>): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}
