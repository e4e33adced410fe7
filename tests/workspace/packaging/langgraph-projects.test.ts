import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type ConsumerProject, installInEmptyProject } from './consumer-project.ts'
import { installedPackages } from './installed-packages.ts'
import { COMPILE, runCommand } from './run-command.ts'

const body = `
async function main() {
  const owner = { tenantId: 'acme', userId: 'ann' }
  const config = { configurable: { thread_id: 't1' } }
  const State = Annotation.Root({ answer: Annotation<string>() })
  const step = async (input: { answer: string } | InstanceType<typeof Command>) => {
    const checkpointer = HarborageSaver.fromConnString('./agent.db', { owner })
    const graph = new StateGraph(State)
      .addNode('ask', () => ({ answer: String(interrupt('approve?')) }))
      .addEdge('__start__', 'ask')
      .compile({ checkpointer })
    const result = await graph.invoke(input as { answer: string }, config)
    await checkpointer.end()
    return result
  }
  await step({ answer: 'none' })
  console.log((await step(new Command({ resume: 'yes' }))).answer)
}
main()
`

/** A program that interrupts a graph and resumes it. */
const runOfGraph = `
import '@harborage/driver-sqlite'
import { HarborageSaver } from '@harborage/langgraph'
import { Annotation, Command, interrupt, StateGraph } from '@langchain/langgraph'
${body}`

/** The same program as a CommonJS module without types. */
const requiredRun = `
require('@harborage/driver-sqlite')
const { HarborageSaver } = require('@harborage/langgraph')
const { Annotation, Command, interrupt, StateGraph } = require('@langchain/langgraph')
${body
  .replaceAll(
    / as \{ answer: string \}|: \{ answer: string \} \| InstanceType<typeof Command>/g,
    '',
  )
  .replace('Annotation<string>()', 'Annotation()')}`

/** The packages of LangGraph, in the oldest and in the newest versions that are supported. */
const versions: readonly (readonly [what: string, packages: readonly string[]])[] = [
  [
    'the oldest LangGraph',
    [
      '@langchain/langgraph@1.0.0',
      '@langchain/langgraph-checkpoint@1.1.6',
      '@langchain/core@1.1.48',
    ],
  ],
  ['the newest LangGraph', ['@langchain/langgraph', '@langchain/core']],
]

describe.each(versions)('a project with %s', (_, packages) => {
  let project: ConsumerProject
  beforeAll(async () => {
    const ours = ['@harborage/langgraph', '@harborage/driver-sqlite']
    const others = [...packages, 'zod', '@types/node']
    project = await installInEmptyProject(isFullRun ? 'npm' : 'pnpm', ...ours, ...others)
    await project.write('run.ts', runOfGraph)
    await project.write('entries.ts', `export * from '@harborage/langgraph'\n`)
    await project.write('run.cjs', requiredRun)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('has what LangGraph and one engine need, and nothing of other stores', async () => {
    const installed = await installedPackages(project.folder)
    const harborage = [...installed.keys()].filter((name) => name.startsWith('@harborage/'))
    expect(harborage.toSorted()).toEqual([
      '@harborage/core',
      '@harborage/driver-sqlite',
      '@harborage/langgraph',
      '@harborage/state',
    ])
    expect(installed.get('@langchain/langgraph-checkpoint')?.size).toBe(1)
    const unwanted = ['pg', '@types/pg', 'fast-check', 'vitest', 'yargs']
    expect(unwanted.filter((name) => installed.has(name))).toEqual([])
  })

  test('compiles, with all declarations checked as far as those of LangGraph can be', async () => {
    // LangGraph's own declarations do not pass with exactOptionalPropertyTypes.
    await runCommand(project.folder, ...COMPILE, '--exactOptionalPropertyTypes', 'false')
  })

  test('runs a graph, and resumes it with another saver', async () => {
    expect(await runCommand(project.folder, 'node', 'run.ts')).toContain('yes')
  })

  test('runs it by require() on the oldest Node.js', async () => {
    const oldest = createRequire(import.meta.url).resolve('node-oldest/bin/node')
    expect(await runCommand(project.folder, oldest, 'run.cjs')).toContain('yes')
  })
})
