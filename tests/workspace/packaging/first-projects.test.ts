import { isFullRun, shareOf } from '@harborage/test-kit/measure'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { artifactsOnFiles } from './artifacts-on-files.ts'
import { addPackages, installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { exampleByDsn, firstExample, firstExampleOf, firstInstall } from './readme.ts'
import { COMPILE, runCommand, tryCommand } from './run-command.ts'

describe.each(['npm', 'pnpm'] as const)(
  "a project that followed the README's start of single stores with %s",
  (manager) => {
    let project: ConsumerProject
    let installed: ReadonlyMap<string, ReadonlySet<string>>
    beforeAll(async () => {
      project = await installInEmptyProject(manager, ...firstInstall(), '@types/node')
      installed = await installedPackages(project.folder)
      await project.write('first-example.ts', firstExample())
      await project.write('by-dsn.ts', exampleByDsn())
    })
    afterAll(() => project[Symbol.asyncDispose]())

    test('has one store and one driver, and nothing of the others', () => {
      const harborage = [...installed.keys()].filter((name) => name.startsWith('@harborage/'))
      expect(harborage.toSorted()).toEqual([
        '@harborage/core',
        '@harborage/driver-sqlite',
        '@harborage/state',
      ])
      expect(['pg', '@types/pg', 'fast-check'].filter((name) => installed.has(name))).toEqual([])
    })

    test.each(['@harborage/core', 'better-sqlite3', 'kysely'])('has exactly one %s', (name) => {
      expect(installed.get(name)?.size).toBe(1)
    })

    // What runs from one of them runs from the other: in `pnpm test` each gets an example.
    const examples = shareOf(['first-example.ts', 'by-dsn.ts'], {
      of: 2,
      part: manager === 'npm' ? 0 : 1,
    })
    test.each(examples)("runs %s of the README's start", async (example) => {
      await runCommand(project.folder, 'node', example)
    })

    // The declarations are the same, whatever installed them.
    if (isFullRun || manager === 'npm') {
      test("compiles the README's first examples, with the declarations of all that it uses", async () => {
        await runCommand(project.folder, ...COMPILE)
      })
    }

    test.each([
      '@harborage/core/dist/index.js',
      '@harborage/core/src/index.ts',
      '@harborage/state/internal/check-record.js',
      '@harborage/state/dist/internal/check-record.js',
    ])('cannot import %s', async (specifier) => {
      const result = await tryCommand(project.folder, 'node', '-e', `import('${specifier}')`)
      expect(result.succeeded).toBe(false)
      expect(result.output).toMatch(/ERR_PACKAGE_PATH_NOT_EXPORTED|ERR_MODULE_NOT_FOUND/)
    })
  },
)

/** What npm installs of other packages shows above, and in the full run of these as well. */
const managers = isFullRun ? (['npm', 'pnpm'] as const) : (['pnpm'] as const)

describe.each(managers)('a project that keeps artifacts on files, installed with %s', (manager) => {
  let project: ConsumerProject
  let installed: ReadonlyMap<string, ReadonlySet<string>>
  beforeAll(async () => {
    project = await installInEmptyProject(
      manager,
      '@harborage/artifacts',
      '@harborage/driver-fs',
      '@types/node',
    )
    installed = await installedPackages(project.folder)
    await project.write('artifacts-on-files.ts', artifactsOnFiles)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has neither a database client nor another store', () => {
    const harborage = [...installed.keys()].filter((name) => name.startsWith('@harborage/'))
    expect(harborage.toSorted()).toEqual([
      '@harborage/artifacts',
      '@harborage/core',
      '@harborage/driver-fs',
    ])
    const unwanted = ['pg', '@types/pg', 'better-sqlite3', 'fast-check']
    expect(unwanted.filter((name) => installed.has(name))).toEqual([])
  })

  test('runs an example', async () => {
    await runCommand(project.folder, 'node', 'artifacts-on-files.ts')
  })

  // In `pnpm test` the declarations are checked beside those of every package.
  if (isFullRun) {
    test('compiles an example, with the declarations of all that it uses', async () => {
      await runCommand(project.folder, ...COMPILE)
    })
  }

  test.each([
    '@harborage/artifacts/dist/index.js',
    '@harborage/artifacts/internal/digest.js',
    '@harborage/driver-fs/dist/index.js',
    '@harborage/driver-fs/internal/layout.js',
  ])('cannot import %s', async (specifier) => {
    const result = await tryCommand(project.folder, 'node', '-e', `import('${specifier}')`)
    expect(result.succeeded).toBe(false)
    expect(result.output).toMatch(/ERR_PACKAGE_PATH_NOT_EXPORTED|ERR_MODULE_NOT_FOUND/)
  })
})

describe.each(managers)('a project that installed harborage with %s', (manager) => {
  let project: ConsumerProject
  let installed: ReadonlyMap<string, ReadonlySet<string>>
  beforeAll(async () => {
    project = await installInEmptyProject(manager, 'harborage', '@types/node')
    installed = await installedPackages(project.folder)
    await project.write('example.ts', firstExampleOf('packages/harborage'))
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has the stores and SQLite, each once, and no Postgres', () => {
    const harborage = [...installed.keys()].filter((name) =>
      /^(@harborage\/|harborage$)/.test(name),
    )
    expect(harborage.toSorted()).toEqual([
      '@harborage/artifacts',
      '@harborage/core',
      '@harborage/driver-sqlite',
      '@harborage/journal',
      '@harborage/memory',
      '@harborage/state',
      'harborage',
    ])
    expect(installed.get('@harborage/core')?.size).toBe(1)
    expect(['pg', '@types/pg', 'fast-check'].filter((name) => installed.has(name))).toEqual([])
  })

  test('runs and compiles the example of its README', async () => {
    await runCommand(project.folder, 'node', 'example.ts')
    await runCommand(project.folder, ...COMPILE)
  })

  test('is told to install the driver that a DSN needs', async () => {
    const open = "import('harborage').then((it) => it.openHarborage({ dsn: 'postgres://h/d' }))"
    const result = await tryCommand(project.folder, 'node', '-e', open)
    expect(result.succeeded).toBe(false)
    expect(result.output).toContain('npm install @harborage/driver-postgres')
  })

  test('says how to install the command, which is a package of its own', async () => {
    const command = 'node_modules/harborage/dist/bin.js'
    const { succeeded, output } = await tryCommand(project.folder, 'node', command, 'status')
    expect(succeeded).toBe(false)
    expect(output).toContain('npm install @harborage/cli')
  })

  test('runs the example on Postgres, with the driver installed as well', async () => {
    const created = await createDatabase()
    await addPackages(project, manager, '@harborage/driver-postgres')
    const example = firstExampleOf('packages/harborage')
    const onPostgres = example.replace("'sqlite::memory:'", `'${created.dsn}'`)
    expect(onPostgres).not.toBe(example)
    await project.write('on-postgres.ts', onPostgres)
    await runCommand(project.folder, 'node', 'on-postgres.ts')
    const [kept] = await queryPostgres(created.dsn, 'select kind from state_records')
    expect(kept).toEqual({ kind: 'run.checkpoint' })
    await created.drop()
  })
})
