import { createRequire } from 'node:module'
import { join } from 'node:path'

import { checkPackage } from '@arethetypeswrong/core'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { publishedPackages } from '../../../scripts/published-packages.ts'
import { artifactsOnFiles } from './artifacts-on-files.ts'
import { bundledWithEsbuild } from './bundled-with-esbuild.ts'
import { checkpointInThread } from './checkpoint-in-thread.ts'
import { installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { dockerGuide } from './docker-guide.ts'
import { guides } from './guides.ts'
import { installedPackages } from './installed-packages.ts'
import { serveRegistry, type PackageRegistry } from './package-registry.ts'
import { declaredEntries } from './named-in-declarations.ts'
import { nextjsGuide } from './nextjs-guide.ts'
import { packPackages } from './packed-package.ts'
import { exampleByDsn, firstExample, firstInstall } from './readme.ts'
import { COMPILE, runCommand, tryCommand } from './run-command.ts'
import { jestTest, saveOnce } from './save-once.ts'
import { unusualProjects } from './unusual-projects.ts'

const packedPackages = await packPackages()

test('every published package is packed', () => {
  const published = publishedPackages(repositoryRoot)
  const names = published.map(({ name }) => name)
  expect(packedPackages.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})

describe.each(packedPackages)('$name as it is published', (packed) => {
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

let registry: PackageRegistry
/** A project that installed every package. */
let complete: ConsumerProject
beforeAll(async () => {
  registry = await serveRegistry(packedPackages)
  const names = packedPackages.map(({ name }) => name)
  complete = await installInEmptyProject('npm', registry, ...names, '@types/node', 'esbuild')
})
afterAll(async () => {
  await complete[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

describe.each(['npm', 'pnpm'] as const)(
  "a project that followed the README's start with %s",
  (manager) => {
    let project: ConsumerProject
    let installed: ReadonlyMap<string, ReadonlySet<string>>
    beforeAll(async () => {
      project = await installInEmptyProject(manager, registry, ...firstInstall(), '@types/node')
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

    test("runs the README's first examples", async () => {
      await runCommand(project.folder, 'node', 'first-example.ts')
      await runCommand(project.folder, 'node', 'by-dsn.ts')
    })

    test("compiles the README's first examples, with the declarations of all that it uses", async () => {
      await runCommand(project.folder, ...COMPILE)
    })

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

describe.each(['npm', 'pnpm'] as const)(
  'a project that keeps artifacts on files, installed with %s',
  (manager) => {
    let project: ConsumerProject
    let installed: ReadonlyMap<string, ReadonlySet<string>>
    beforeAll(async () => {
      project = await installInEmptyProject(
        manager,
        registry,
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

    test('runs and compiles an example, with the declarations of all that it uses', async () => {
      await runCommand(project.folder, 'node', 'artifacts-on-files.ts')
      await runCommand(project.folder, ...COMPILE)
    })

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
  },
)

describe('a project that installed every package', () => {
  const entries = packedPackages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  )
  let project: ConsumerProject
  beforeAll(async () => {
    project = complete
    await project.write('first-example.ts', firstExample())
    await project.write('by-dsn.ts', exampleByDsn())
    await project.write('checkpoint.mjs', checkpointInThread)
    await project.write('save-once.mjs', saveOnce)
    await project.write('users.test.mjs', jestTest)
    await project.write(
      'every-entry.ts',
      [
        ...entries.map((entry, index) => `import * as entry${index} from '${entry}'`),
        `export default [${entries.map((_, index) => `entry${index}`).join(', ')}]`,
      ].join('\n'),
    )
  })

  test('compiles an import of every public entry, with all declarations checked', async () => {
    await runCommand(project.folder, ...COMPILE, '--noEmit', 'false', '--outDir', 'compiled')
  })

  // Compiled by the test before.
  test('runs on the oldest Node.js that the packages promise to run on', async () => {
    const oldest = createRequire(import.meta.url).resolve('node-oldest/bin/node')
    const version = (await runCommand(project.folder, oldest, '--version')).slice(1).trim()
    const promises = packedPackages.map(({ manifest }) => manifest.engines['node'])
    expect(promises).toEqual(promises.map(() => `>=${version.replace(/\.0$/, '')}`))

    await runCommand(project.folder, oldest, 'compiled/every-entry.js')
    await runCommand(project.folder, oldest, 'compiled/first-example.js')
    await runCommand(project.folder, oldest, 'compiled/by-dsn.js')
    await runCommand(project.folder, oldest, 'checkpoint.mjs')
  })

  test("runs each of the README's first examples as one bundled file, its driver still registered", async () => {
    for (const example of ['first-example', 'by-dsn']) {
      const bundle = await rolldown({
        input: join(project.folder, `${example}.ts`),
        platform: 'node',
        external: ['better-sqlite3'],
        checks: { eval: false },
      })
      const file = join(project.folder, `${example}.bundle.mjs`)
      await bundle.write({ file, codeSplitting: false })
      await bundle.close()
      await runCommand(project.folder, 'node', file)
    }
  })

  test("runs a user's test under Jest", async () => {
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest')
    const config = JSON.stringify({ rootDir: project.folder, testMatch: ['**/users.test.mjs'] })
    const flags = ['--experimental-vm-modules', jest, '--config', config, '--watchman=false']
    expect(await runCommand(project.folder, 'node', ...flags)).toContain('1 passed')
  })

  test('fails with advice where Node.js loads no addons, and creates no empty file', async () => {
    const { outcome, files } = await save(['--no-addons', 'save-once.mjs', './without-addons.db'])
    expect(outcome).toMatch(/^invalid_config: .*--no-addons/)
    expect(files).toEqual([])
  })

  if (process.platform === 'linux') {
    test('fails with the advice to mount the folder if only the file is mounted', async () => {
      const script = [
        'mkdir app && touch kept.db app/agent.db',
        'mount --bind kept.db app/agent.db',
        'node save-once.mjs app/agent.db',
      ].join(' && ')
      const printed = await runCommand(
        project.folder,
        'unshare',
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        script,
      )
      const { outcome, files } = JSON.parse(printed) as Printed
      expect(outcome).toMatch(/^invalid_config: only the database file is mounted/)
      expect(files).toEqual(['agent.db'])
    })
  }

  async function save(args: readonly string[]): Promise<Printed> {
    return JSON.parse(await runCommand(project.folder, 'node', ...args)) as Printed
  }
})

/** What {@link saveOnce} prints. */
interface Printed {
  readonly outcome: string
  readonly files: readonly string[]
}

unusualProjects(() => registry)
bundledWithEsbuild(() => complete)
guides(() => complete)
nextjsGuide(
  () => complete,
  () => registry,
)
if (process.platform === 'linux') dockerGuide(() => registry)

function arrayBuffer(bytes: Buffer<ArrayBuffer>): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}
