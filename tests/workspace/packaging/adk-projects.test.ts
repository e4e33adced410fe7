import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ADK_PROGRAM_PRINTS, adkProgram, BUILDS_OF_ADK, requiredAdkProgram } from './adk-program.ts'
import { type ConsumerProject, installInEmptyProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { packedPackages } from './packed-package.ts'
import { COMPILE, runCommand } from './run-command.ts'

const oldestNode = createRequire(import.meta.url).resolve('node-oldest/bin/node')
const packed = await packedPackages()
const { peerDependencies = {} } =
  packed.find(({ name }) => name === '@harborage/adk')?.manifest ?? {}
const [oldest = ''] = /\d+\.\d+\.\d+/.exec(peerDependencies['@google/adk'] ?? '') ?? []

/** ADK in the oldest and in the newest version that is supported. */
const versions: readonly (readonly [what: string, adk: string])[] = [
  ['the oldest', `@google/adk@${oldest}`],
  ['the newest', '@google/adk'],
]

test('ADK is the only peer', () => {
  expect(Object.keys(peerDependencies)).toEqual(['@google/adk'])
})

describe.each(versions)('a project with %s ADK', (_, adk) => {
  let project: ConsumerProject
  beforeAll(async () => {
    const stores = ['artifacts', 'core', 'journal', 'state'].map((name) => `@harborage/${name}`)
    const ours = ['@harborage/adk', '@harborage/driver-sqlite', ...stores]
    const installed = [...ours, adk, '@types/node']
    const builds = BUILDS_OF_ADK.map((name) => `--allow-build=${name}`)
    project = isFullRun
      ? await installInEmptyProject('npm', ...installed)
      : await installInEmptyProject('pnpm', ...builds, ...installed)
    await project.write('agent.ts', adkProgram)
    await project.write('entries.ts', `export * from '@harborage/adk'\n`)
    await project.write('agent.cjs', requiredAdkProgram)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has ADK once, and compiles', async () => {
    const installed = await installedPackages(project.folder)
    expect(installed.get('@google/adk')?.size).toBe(1)
    const options = ['--skipLibCheck', '--noEmit', 'false', '--outDir', 'compiled']
    await runCommand(project.folder, ...COMPILE, ...options)
  })

  // Compiled by the test before.
  test.each([
    ['import', 'compiled/agent.js'],
    ['require()', 'agent.cjs'],
  ])('goes on with a session, with %s on the oldest Node.js', async (by, program) => {
    const printed = await runCommand(project.folder, oldestNode, program, `${by[0]}.db`)
    expect(JSON.parse(printed)).toEqual(ADK_PROGRAM_PRINTS)
  })
})
