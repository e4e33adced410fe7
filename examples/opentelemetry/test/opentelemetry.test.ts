import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')

test('the stores feed spans below the span of their caller, and a histogram', async () => {
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
  ])
})
