import { globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { projectWithEveryPackage, type ConsumerProject } from './consumer-project.ts'
import { dockerGuide } from './docker-guide.ts'
import { guide, GuideProject } from './guide-project.ts'
import { nextjsGuide } from './nextjs-guide.ts'

const folder = join(repositoryRoot, 'docs/guides')
/** What the guide to CommonJS promises of it, the others do of the one that runs the tests. */
const oldestNode = dirname(createRequire(import.meta.url).resolve('node-oldest/bin/node'))
const names = globSync('*.md', { cwd: folder }).map((name) => basename(name, '.md'))

let installed: ConsumerProject
beforeAll(async () => {
  installed = await projectWithEveryPackage()
})
afterAll(() => installed[Symbol.asyncDispose]())

const run = names.filter((name) => guide(name).steps.some(({ does }) => does === 'run'))

test('every guide is run', () => {
  // The others have tests of their own: docker-guide.ts and nextjs-guide.ts.
  expect([...run, 'docker', 'nextjs'].toSorted()).toEqual(names.toSorted())
})

test.each(run.toSorted())('the guide %s comes out as it says', async (name) => {
  const database = await createDatabase()
  await using project = await GuideProject.create({
    installed: installed.folder,
    variables: { DATABASE_URL: database.dsn },
    programs: name === 'commonjs' ? [oldestNode] : [],
  })
  expect(await project.follow(guide(name))).toEqual([])
  await database.drop()
})

nextjsGuide(() => installed)
if (process.platform === 'linux') dockerGuide()
