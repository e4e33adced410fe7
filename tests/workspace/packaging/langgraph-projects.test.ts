import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { type ConsumerProject, installInEmptyProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { AGENT_PRINTS, langgraphAgent, requiredAgent } from './langgraph-agent.ts'
import { neededBy } from './needed-by.ts'
import { COMPILE, runCommand, tryCommand } from './run-command.ts'

const oldestNode = createRequire(import.meta.url).resolve('node-oldest/bin/node')
const { peerDependencies = {} } =
  inject('manifests').find(({ name }) => name === '@harborage/langgraph') ?? {}

const NEWEST = 'the newest LangGraph'
/** The packages of LangGraph, in the oldest and in the newest versions that are supported. */
const versions: readonly (readonly [what: string, packages: readonly string[]])[] = [
  [
    'the oldest LangGraph',
    [
      '@langchain/langgraph@1.0.0',
      ...Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.slice(1)}`),
    ],
  ],
  [NEWEST, ['@langchain/langgraph', '@langchain/core']],
]

describe.each(versions)('a project with %s', (what, packages) => {
  let project: ConsumerProject
  let installed: ReadonlyMap<string, ReadonlySet<string>>
  beforeAll(async () => {
    const ours = ['@harborage/langgraph', '@harborage/driver-sqlite']
    const others = [...packages, 'zod', '@types/node']
    project = await installInEmptyProject(isFullRun ? 'npm' : 'pnpm', ...ours, ...others)
    installed = await installedPackages(project.folder)
    await project.write('agent.ts', langgraphAgent)
    await project.write('entries.ts', `export * from '@harborage/langgraph'\n`)
    await project.write('agent.cjs', requiredAgent)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has what LangGraph, the state store and one engine need, and nothing else', async () => {
    const ofUser = ['@langchain/langgraph', '@langchain/core', 'zod', '@types/node']
    const ofHarborage = ['@harborage/state', '@harborage/driver-sqlite']
    const needed = await neededBy([...ofUser, ...ofHarborage], installed)
    const others = [...installed.keys()].filter((name) => !needed.has(name))
    expect(others.toSorted()).toEqual(['@harborage/langgraph'])
    expect(installed.get('@langchain/langgraph-checkpoint')?.size).toBe(1)
    expect(installed.get('@langchain/core')?.size).toBe(1)
  })

  test('compiles, with all declarations checked as far as those of LangGraph can be', async () => {
    // LangGraph's own declarations do not pass with exactOptionalPropertyTypes.
    const options = ['--exactOptionalPropertyTypes', 'false', '--noEmit', 'false']
    await runCommand(project.folder, ...COMPILE, ...options, '--outDir', 'compiled')
  })

  // Our declarations are the same in both, and those of the newest are checked in every run.
  if (isFullRun || what === NEWEST) {
    test('has declarations that pass wherever those of LangGraph do', async () => {
      const { output } = await tryCommand(project.folder, ...COMPILE)
      const faulty = Array.from(output.matchAll(/^(\S+?)\(\d+,\d+\): error/gm), ([, file]) => file)
      const ofLangChain = /node_modules\/(@langchain|langsmith)\//
      expect(faulty.filter((file) => !ofLangChain.test(file ?? ''))).toEqual([])
    })
  }

  // Compiled by a test before.
  test('runs an agent, with a thread that is imported, on the oldest Node.js', async () => {
    const printed = await runCommand(project.folder, oldestNode, 'compiled/agent.js', 'esm.db')
    expect(JSON.parse(printed)).toEqual(AGENT_PRINTS)
  })

  test('runs an agent by require(), on the oldest Node.js', async () => {
    const printed = await runCommand(project.folder, oldestNode, 'agent.cjs', 'cjs.db')
    expect(JSON.parse(printed)).toEqual(AGENT_PRINTS)
  })
})
