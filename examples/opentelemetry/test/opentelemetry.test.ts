import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')

test('the stores feed spans below the span of their caller, a histogram and gauges', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main])
  expect(stderr).toBe('')
  const told = [
    ['save', 'saved'],
    ['save', 'unchanged'],
    ['load', 'ok'],
    ['save', 'condition_failed'],
  ].map(([operation, outcome]) => ({
    name: `state.${operation}`,
    labels: `store=state operation=${operation} outcome=${outcome}`,
  }))
  expect(stdout.trim().split('\n')).toEqual([
    ...told.map(
      ({ name, labels }) => `span ${name} below "agent step": ${labels} retries=0 batch_size=1`,
    ),
    'span agent step',
    ...told.map(({ labels }) => `harborage.operation.duration ms ${labels} 1 times`),
    'harborage.connections.in_use {connection} engine=sqlite 0',
    'harborage.connections.idle {connection} engine=sqlite 1',
    'harborage.calls.waiting {call} engine=sqlite 0',
    'harborage.writes.queued {write} engine=sqlite 0',
    'harborage.writes.queued_size By engine=sqlite 0',
  ])
})
