import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type ConsumerProject, installInEmptyProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { openaiProgram, PROGRAM_PRINTS, requiredProgram } from './openai-agents-program.ts'
import { packedPackages } from './packed-package.ts'
import { COMPILE, runCommand } from './run-command.ts'

const oldestNode = createRequire(import.meta.url).resolve('node-oldest/bin/node')
const packed = await packedPackages()
const { peerDependencies = {} } =
  packed.find(({ name }) => name === '@harborage/openai-agents')?.manifest ?? {}
const [oldest = ''] = /\d+\.\d+\.\d+/.exec(peerDependencies['@openai/agents'] ?? '') ?? []

/** The SDK in the oldest and in the newest version that is supported. */
const versions: readonly (readonly [what: string, sdk: string])[] = [
  ['the oldest SDK', `@openai/agents@${oldest}`],
  ['the newest SDK', '@openai/agents'],
]

test('the SDK is the only peer', () => {
  expect(Object.keys(peerDependencies)).toEqual(['@openai/agents'])
})

describe.each(versions)('a project with %s of OpenAI', (_, sdk) => {
  let project: ConsumerProject
  beforeAll(async () => {
    const stores = ['@harborage/journal', '@harborage/state', '@harborage/core']
    const ours = ['@harborage/openai-agents', '@harborage/driver-sqlite', ...stores]
    const others = [sdk, 'zod', '@types/node']
    project = await installInEmptyProject(isFullRun ? 'npm' : 'pnpm', ...ours, ...others)
    await project.write('agent.ts', openaiProgram)
    await project.write('entries.ts', `export * from '@harborage/openai-agents'\n`)
    await project.write('agent.cjs', requiredProgram)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has the SDK once, and compiles', async () => {
    const installed = await installedPackages(project.folder)
    expect(installed.get('@openai/agents-core')?.size).toBe(1)
    const options = ['--skipLibCheck', '--noEmit', 'false', '--outDir', 'compiled']
    await runCommand(project.folder, ...COMPILE, ...options)
  })

  // Compiled by the test before.
  test.each([
    ['import', 'compiled/agent.js'],
    ['require()', 'agent.cjs'],
  ])('resumes a run once, with %s on the oldest Node.js', async (by, program) => {
    const printed = await runCommand(project.folder, oldestNode, program, `${by[0]}.db`)
    expect(JSON.parse(printed)).toEqual(PROGRAM_PRINTS)
  })
})
