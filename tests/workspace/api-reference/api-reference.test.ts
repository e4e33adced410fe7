import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { beforeAll, describe, expect, test } from 'vitest'

import { publishedPackages } from '../../../scripts/published-packages.ts'
import { faultsOfComments } from './check-comments.ts'
import { publishedEntries } from './entries.ts'
import { pagesIn, writePages } from './pages.ts'
import { readEntries, type ReadEntries } from './read-entries.ts'

describe('the API reference', () => {
  let read: ReadEntries
  beforeAll(async () => {
    read = await readEntries(repositoryRoot, publishedEntries(repositoryRoot))
  })

  test('has an entry of every published package', () => {
    const entries = publishedEntries(repositoryRoot).map(({ name }) => name)
    const without = publishedPackages(repositoryRoot).filter(
      ({ name }) => !entries.some((entry) => entry === name || entry.startsWith(`${name}/`)),
    )
    expect(without).toEqual([])
  })

  test('finds every public name described, with its parameters, errors and links', () => {
    expect(faultsOfComments(read)).toEqual([])
  })

  test('is committed as `pnpm docs:api` writes it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'harborage-api-reference-'))
    await writePages(read, folder)
    const [written, committed] = [pagesIn(folder), pagesIn(join(repositoryRoot, 'docs/api'))]
    await rm(folder, { recursive: true, force: true })
    const stale = Object.keys({ ...written, ...committed }).filter(
      (page) => written[page] !== committed[page],
    )
    expect(stale, 'run `pnpm docs:api` and commit docs/api').toEqual([])
  })
})
