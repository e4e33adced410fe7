import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { expect, test } from 'vitest'

import { freePort } from '@harborage/test-kit/free-port'
import { measure } from '@harborage/test-kit/measure'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

/** The part of Jest's report that says what came of a run. */
interface JestReport {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly { readonly name: string; readonly message: string }[]
}

const jest = createRequire(import.meta.url).resolve('jest/bin/jest')

test("the suites and a user's tests pass under Jest, and its process ends by itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-jest-'))
  const database = await createDatabaseWithTables()
  const { code, report } = await runJest({
    JEST_FOLDER: folder,
    JEST_POSTGRES_DSN: database.dsn,
    JEST_REFUSING_DSN: `postgres://app:secret@127.0.0.1:${await freePort()}/app`,
  })
  await database.drop()
  await rm(folder, { recursive: true })
  expect(report.testResults.map(({ message }) => message).join('')).toBe('')
  expect(report.testResults).toHaveLength(1)
  expect(report.numPassedTests).toBeGreaterThan(measure({ quick: 90, full: 2_000 }))
  expect(report.numPendingTests).toBe(0)
  expect(code).toBe(0)
})

async function runJest(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; report: JestReport }> {
  const args = ['--config', join(import.meta.dirname, 'jest.config.json'), '--runInBand', '--json']
  const child = spawn(process.execPath, ['--experimental-vm-modules', jest, ...args], {
    cwd: import.meta.dirname,
    // What Jest tells people it writes beside its report.
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  })
  const [report] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { code: child.exitCode, report: JSON.parse(report) as JestReport }
}
