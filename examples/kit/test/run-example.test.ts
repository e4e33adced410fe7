import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'
import { type Output, outputOf } from '../src/output-of.ts'

/** Runs what `pnpm example` runs. */
function example(...args: readonly string[]): Promise<Output> {
  const script = join(repositoryRoot, 'scripts/run-example.ts')
  return outputOf(spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }))
}

test.for([
  { args: [], complaint: 'Which example?' },
  { args: ['agent'], complaint: 'There is no example "agent".' },
  { args: ['../kit'], complaint: 'There is no example "../kit".' },
])('$args names the examples that there are', async ({ args, complaint }) => {
  const { code, stdout, stderr } = await example(...args)
  const [first, , ...rows] = stderr.trimEnd().split('\n')
  expect(first).toBe(complaint)
  const folder = join(repositoryRoot, 'examples')
  const runnable = readdirSync(folder).filter((each) =>
    existsSync(join(folder, each, 'src/main.ts')),
  )
  expect(rows.map((row) => /^ {2}(\S+) +\S.+/.exec(row)?.[1])).toEqual(runnable)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('a name runs the example with the arguments after it', async () => {
  const { code, stdout } = await example('agent-run', '--help')
  expect(stdout).toContain('--transcript FILE')
  expect(code).toBe(0)
})

test('the exit code is that of the example', async () => {
  const { code, stderr } = await example('agent-run', '--speed', '9')
  expect(stderr).toContain("Unknown option '--speed'")
  expect(code).toBe(2)
})
