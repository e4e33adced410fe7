import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { claudeProgram, PROGRAM_PRINTS, requiredProgram } from './claude-agent-sdk-program.ts'
import { type ConsumerProject, installInEmptyProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { packedPackages } from './packed-package.ts'
import { COMPILE, runCommand } from './run-command.ts'

const oldestNode = createRequire(import.meta.url).resolve('node-oldest/bin/node')
const packed = await packedPackages()
const { peerDependencies = {} } =
  packed.find(({ name }) => name === '@harborage/claude-agent-sdk')?.manifest ?? {}
const [oldest = ''] =
  /\d+\.\d+\.\d+/.exec(peerDependencies['@anthropic-ai/claude-agent-sdk'] ?? '') ?? []

/** The SDK in the oldest and in the newest version that is supported. */
const versions: readonly (readonly [what: string, sdk: string])[] = [
  ['the oldest SDK', `@anthropic-ai/claude-agent-sdk@${oldest}`],
  ['the newest SDK', '@anthropic-ai/claude-agent-sdk'],
]

test('the SDK is the only peer', () => {
  expect(Object.keys(peerDependencies)).toEqual(['@anthropic-ai/claude-agent-sdk'])
})

describe.each(versions)('a project with %s of Claude', (_, sdk) => {
  let project: ConsumerProject
  beforeAll(async () => {
    const stores = ['@harborage/journal', '@harborage/state', '@harborage/core']
    const ours = ['@harborage/claude-agent-sdk', '@harborage/driver-sqlite', ...stores]
    const others = [sdk, '@types/node']
    project = await installInEmptyProject(isFullRun ? 'npm' : 'pnpm', ...ours, ...others)
    await project.write('agent.ts', claudeProgram)
    await project.write('entries.ts', `export * from '@harborage/claude-agent-sdk'\n`)
    await project.write('agent.cjs', requiredProgram)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has the SDK once, and compiles', async () => {
    const installed = await installedPackages(project.folder)
    expect(installed.get('@anthropic-ai/claude-agent-sdk')?.size).toBe(1)
    const options = ['--skipLibCheck', '--noEmit', 'false', '--outDir', 'compiled']
    await runCommand(project.folder, ...COMPILE, ...options)
  })

  // Compiled by the test before.
  test.each([
    ['import', 'compiled/agent.js'],
    ['require()', 'agent.cjs'],
  ])('mirrors a session once, with %s on the oldest Node.js', async (by, program) => {
    const printed = await runCommand(project.folder, oldestNode, program, `${by[0]}.db`)
    expect(JSON.parse(printed)).toEqual(PROGRAM_PRINTS)
  })
})
