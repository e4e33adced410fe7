import { createRequire } from 'node:module'
import { join } from 'node:path'

import { isFullRun } from '@harborage/test-kit/measure'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { bundledWithEsbuild } from './bundled-with-esbuild.ts'
import { checkpointInThread } from './checkpoint-in-thread.ts'
import {
  installInEmptyProject,
  projectWithEveryPackage,
  type ConsumerProject,
} from './consumer-project.ts'
import type { PackedManifest } from './packed-package.ts'
import { exampleByDsn, firstExample } from './readme.ts'
import { COMPILE, runCommand } from './run-command.ts'
import { jestTest, saveOnce } from './save-once.ts'

const manifests = inject('manifests')
/**
 * The folders of a project in which adapters are imported. In `pnpm test` they are compiled and run
 * by framework-projects.test.ts.
 */
const ADAPTERS = isFullRun ? ['adapters', 'adapters/unchecked'] : []
/** The adapters of frameworks whose own declarations do not compile. */
const UNCHECKED: ReadonlySet<string> = new Set([
  '@harborage/adk',
  '@harborage/claude-agent-sdk',
  '@harborage/openai-agents',
])

const names = manifests.map(({ name }) => name)

let project: ConsumerProject
beforeAll(async () => {
  // npm takes several times the processor time of pnpm.
  project = isFullRun
    ? await installInEmptyProject('npm', ...names, '@types/node', 'better-sqlite3', 'esbuild')
    : await projectWithEveryPackage()
})
afterAll(() => project[Symbol.asyncDispose]())

describe('a project that installed every package', () => {
  beforeAll(async () => {
    await project.write('first-example.ts', firstExample())
    await project.write('by-dsn.ts', exampleByDsn())
    await project.write('checkpoint.mjs', checkpointInThread)
    await project.write('save-once.mjs', saveOnce)
    await project.write('users.test.mjs', jestTest)
    const others = manifests.filter((each) => !isAdapter(each))
    await project.write('every-entry.ts', importsOf(others))
    const adapters = manifests.filter(isAdapter)
    const isChecked = ({ name }: PackedManifest) => !UNCHECKED.has(name)
    await project.write('adapters/every-entry.ts', importsOf(adapters.filter(isChecked)))
    const unchecked = adapters.filter((each) => !isChecked(each))
    await project.write('adapters/unchecked/every-entry.ts', importsOf(unchecked))
  })

  test('compiles an import of every public entry, with the declarations checked', async () => {
    const emit = ['--noEmit', 'false', '--outDir'] as const
    await runCommand(project.folder, ...COMPILE, ...emit, 'compiled')
    for (const folder of ADAPTERS) {
      await runCommand(project.folder, ...COMPILE, '-p', folder, ...emit, `compiled/${folder}`)
    }
  })

  // Compiled by the test before.
  test('runs on the oldest Node.js that the packages promise to run on', async () => {
    const oldest = createRequire(import.meta.url).resolve('node-oldest/bin/node')
    const version = (await runCommand(project.folder, oldest, '--version')).slice(1).trim()
    const promises = manifests.map(({ engines }) => engines['node'])
    expect(promises).toEqual(promises.map(() => `>=${version.replace(/\.0$/, '')}`))

    await runCommand(project.folder, oldest, 'compiled/every-entry.js')
    for (const folder of ADAPTERS) {
      await runCommand(project.folder, oldest, `compiled/${folder}/every-entry.js`)
    }
    await runCommand(project.folder, oldest, 'compiled/first-example.js')
    await runCommand(project.folder, oldest, 'compiled/by-dsn.js')
    await runCommand(project.folder, oldest, 'checkpoint.mjs')
    const command = join(project.folder, 'node_modules/@harborage/cli/dist/bin.js')
    const ofBundle = join(project.folder, 'node_modules/harborage/dist/bin.js')
    const printed = await runCommand(project.folder, oldest, command, 'help')
    expect(printed).toContain('harborage status')
    expect(await runCommand(project.folder, oldest, ofBundle, 'help')).toBe(printed)
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
function isAdapter({ harborage }: PackedManifest): boolean {
  return harborage.role === 'adapter'
}

/** Returns a module that imports every public entry of some packages. */
function importsOf(packages: readonly PackedManifest[]): string {
  const entries = packages.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  )
  return [
    ...entries.map((entry, index) => `import * as entry${index} from '${entry}'`),
    `export default [${entries.map((_, index) => `entry${index}`).join(', ')}]`,
  ].join('\n')
}
