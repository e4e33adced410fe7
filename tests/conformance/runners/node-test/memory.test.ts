import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { expect, it, onTestFinished } from 'vitest'

import { measure } from '@harborage/test-kit/measure'

it('the suite passes under node:test, and its process ends by itself: no timer is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-node-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(import.meta.dirname, 'memory', 'suites.ts')
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MEMORY_DSN: `sqlite:${join(folder, 'memory.db')}` },
  })
  const [report] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(report).toMatch(/^# fail 0$/m)
  expect(report).toMatch(/^# skipped 0$/m)
  expect(Number(/^# pass (\d+)$/m.exec(report)?.[1])).toBeGreaterThan(
    measure({ quick: 30, full: 1_500 }),
  )
  expect(child.exitCode).toBe(0)
})
