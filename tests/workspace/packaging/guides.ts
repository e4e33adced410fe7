import { globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

import type { ConsumerProject } from './consumer-project.ts'
import { guide, GuideProject } from './guide-project.ts'

const folder = join(repositoryRoot, 'docs/guides')
/** What the guide to CommonJS promises of it, the others do of the one that runs the tests. */
const oldestNode = dirname(createRequire(import.meta.url).resolve('node-oldest/bin/node'))
const names = globSync('*.md', { cwd: folder }).map((name) => basename(name, '.md'))

/**
 * Does what docs/guides say, with the packed packages.
 *
 * @param installed The project that has every package and esbuild.
 */
export function guides(installed: () => ConsumerProject): void {
  const run = names.filter((name) => guide(name).steps.some(({ does }) => does === 'run'))

  test('every guide is run', () => {
    // The others have tests of their own: docker-guide.ts and nextjs-guide.ts.
    expect([...run, 'docker', 'nextjs'].toSorted()).toEqual(names.toSorted())
  })

  test.each(run.toSorted())('the guide %s comes out as it says', async (name) => {
    const database = await createDatabase()
    await using project = await GuideProject.create({
      installed: installed().folder,
      variables: { DATABASE_URL: database.dsn },
      programs: name === 'commonjs' ? [oldestNode] : [],
    })
    expect(await project.follow(guide(name))).toEqual([])
    await database.drop()
  })
}
