import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { besideKysely } from './beside-kysely.ts'
import { installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import type { PackageRegistry } from './package-registry.ts'
import { exampleByDsn, firstExample, firstInstall } from './readme.ts'
import { COMPILE, runCommand } from './run-command.ts'

/** Projects that install or run the packages in ways that others do not. */
export function unusualProjects(registry: () => PackageRegistry): void {
  describe('a project that installed with --legacy-peer-deps, so without any peer', () => {
    let project: ConsumerProject
    beforeAll(async () => {
      project = await installInEmptyProject(
        'npm',
        registry(),
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

  describe('a project that has an older kysely of its own', () => {
    let project: ConsumerProject
    beforeAll(async () => {
      const packages = ['artifacts', 'driver-postgres', 'driver-sqlite', 'memory', 'state']
      project = await installInEmptyProject(
        'npm',
        registry(),
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
  })
}
