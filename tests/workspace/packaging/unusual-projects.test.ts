import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { isFullRun } from '@harborage/test-kit/measure'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { besideKysely } from './beside-kysely.ts'
import { installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { exampleByDsn, firstExample, firstInstall } from './readme.ts'
import { COMPILE, runCommand } from './run-command.ts'

test("what the README's start of single stores installs has no peer that npm could leave out", () => {
  const installed = inject('manifests').filter(({ name }) => firstInstall().includes(name))
  expect(installed).toHaveLength(firstInstall().length)
  expect(installed.filter(({ peerDependencies }) => peerDependencies !== undefined)).toEqual([])
})

// npm takes ten times the processor time of pnpm to install as much.
if (isFullRun) {
  describe('a project that installed with --legacy-peer-deps, so without any peer', () => {
    let project: ConsumerProject
    beforeAll(async () => {
      project = await installInEmptyProject(
        'npm',
        '--legacy-peer-deps',
        ...firstInstall(),
        '@types/node',
      )
      await project.write('first-example.ts', firstExample())
      await project.write('by-dsn.ts', exampleByDsn())
    })
    afterAll(() => project[Symbol.asyncDispose]())

    test("runs and compiles the README's first examples", async () => {
      await runCommand(project.folder, 'node', 'first-example.ts')
      await runCommand(project.folder, 'node', 'by-dsn.ts')
      await runCommand(project.folder, ...COMPILE)
    })
  })
}

const managers = isFullRun ? (['npm', 'pnpm'] as const) : (['pnpm'] as const)

describe.each(managers)(
  'a project that has an older kysely of its own, installed with %s',
  (manager) => {
    let project: ConsumerProject
    beforeAll(async () => {
      const packages = ['artifacts', 'core', 'driver-postgres', 'driver-sqlite', 'memory', 'state']
      project = await installInEmptyProject(
        manager,
        'kysely@^0.28.0',
        ...packages.map((name) => `@harborage/${name}`),
        '@types/node',
      )
      await project.write('beside-kysely.ts', besideKysely)
    })
    afterAll(() => project[Symbol.asyncDispose]())

    test('has both, each where it is looked for', async () => {
      const kysely = (await installedPackages(project.folder)).get('kysely') ?? new Set()
      expect(kysely.size).toBeGreaterThan(1)
    })

    test('compiles, and keeps every store on both engines beside its own queries', async () => {
      await runCommand(project.folder, ...COMPILE)
      await runCommand(project.folder, 'node', 'beside-kysely.ts', 'sqlite:./own.db')
      const database = await createDatabase()
      await runCommand(project.folder, 'node', 'beside-kysely.ts', database.dsn)
      await database.drop()
    })
  },
)
