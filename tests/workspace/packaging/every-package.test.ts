import { createRequire } from 'node:module'
import { join } from 'node:path'

import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bundledWithEsbuild } from './bundled-with-esbuild.ts'
import { checkpointInThread } from './checkpoint-in-thread.ts'
import { installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { packedPackages, type PackedPackage } from './packed-package.ts'
import { exampleByDsn, firstExample } from './readme.ts'
import { COMPILE, runCommand } from './run-command.ts'
import { jestTest, saveOnce } from './save-once.ts'

const packed = await packedPackages()
const names = packed.map(({ name }) => name)

let project: ConsumerProject
beforeAll(async () => {
  project = await installInEmptyProject('npm', ...names, '@types/node', 'esbuild')
})
afterAll(() => project[Symbol.asyncDispose]())

describe('a project that installed every package', () => {
  beforeAll(async () => {
    await project.write('first-example.ts', firstExample())
    await project.write('by-dsn.ts', exampleByDsn())
    await project.write('checkpoint.mjs', checkpointInThread)
    await project.write('save-once.mjs', saveOnce)
    await project.write('users.test.mjs', jestTest)
    const others = packed.filter((each) => !isAdapter(each))
    await project.write('every-entry.ts', importsOf(others))
    await project.write('adapters/every-entry.ts', importsOf(packed.filter(isAdapter)))
  })

  test('compiles an import of every public entry, with all declarations checked', async () => {
    const emit = ['--noEmit', 'false', '--outDir'] as const
    await runCommand(project.folder, ...COMPILE, ...emit, 'compiled')
    await runCommand(project.folder, ...COMPILE, '-p', 'adapters', ...emit, 'compiled/adapters')
  })

  // Compiled by the test before.
  test('runs on the oldest Node.js that the packages promise to run on', async () => {
    const oldest = createRequire(import.meta.url).resolve('node-oldest/bin/node')
    const version = (await runCommand(project.folder, oldest, '--version')).slice(1).trim()
    const promises = packed.map(({ manifest }) => manifest.engines['node'])
    expect(promises).toEqual(promises.map(() => `>=${version.replace(/\.0$/, '')}`))

    await runCommand(project.folder, oldest, 'compiled/every-entry.js')
    await runCommand(project.folder, oldest, 'compiled/adapters/every-entry.js')
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

bundledWithEsbuild(() => project)

/** What {@link saveOnce} prints. */
interface Printed {
  readonly outcome: string
  readonly files: readonly string[]
}

/** Returns whether a package imports a framework. */
function isAdapter({ manifest }: PackedPackage): boolean {
  return manifest.harborage.role === 'adapter'
}

/** Returns a module that imports every public entry of some packages. */
function importsOf(packages: readonly PackedPackage[]): string {
  const entries = packages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  )
  return [
    ...entries.map((entry, index) => `import * as entry${index} from '${entry}'`),
    `export default [${entries.map((_, index) => `entry${index}`).join(', ')}]`,
  ].join('\n')
}
