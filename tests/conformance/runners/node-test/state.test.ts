import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { measure } from '@harborage/test-kit/measure'

describe('the conformance suite under node:test', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-node-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('passes, and its process ends by itself: no handle and no timer is left', async () => {
    const { code, report } = await runNodeTest('suites.ts', {
      STATE_DSN: `sqlite:${join(folder, 'state.db')}`,
    })
    expect(report).toMatch(/^# fail 0$/m)
    expect(report).toMatch(/^# skipped 0$/m)
    expect(Number(/^# pass (\d+)$/m.exec(report)?.[1])).toBeGreaterThan(
      measure({ quick: 25, full: 800 }),
    )
    expect(report).toContain('S4 a stale retry never rolls back')
    expect(code).toBe(0)
  })

  it('fails on a broken store, naming the guarantee', async () => {
    const { code, report } = await runNodeTest('broken-suite.ts', {})
    expect(report).toMatch(/not ok \d+ - S4 a stale retry never rolls back/)
    expect(code).toBe(1)
  })
})

async function runNodeTest(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; report: string }> {
  const path = join(import.meta.dirname, 'state', file)
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const [report] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { code: child.exitCode, report }
}
