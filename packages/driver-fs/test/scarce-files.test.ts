import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { runScript } from './support/run-script.ts'
import type { ManyCallsAnswer } from './support/many-calls.ts'
import type { LastFilesAnswer } from './support/last-files.ts'
import { measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** How many files a process may have open. */
const FILES = 128
/** Several times as many. */
const CALLS = measure({ quick: 400, full: 1_000 })

/** Runs a program with a limit of open files. */
function withFiles(count: number): string[] {
  return ['sh', '-c', `ulimit -n ${count}; exec "$@"`, 'sh']
}

let folder: string
let lastFiles: LastFilesAnswer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harborage-scarce-'))
  lastFiles = await runScript('last-files.ts', [folder], withFiles(FILES))
})
afterAll(() => rm(folder, { recursive: true }))

test(`${CALLS} concurrent puts, reads and deletes, and lists, need few open files`, async () => {
  const root = await temporaryFolder()
  const args = [root, String(CALLS)]
  const answer = await runScript<ManyCallsAnswer>('many-calls.ts', args, withFiles(FILES))
  expect(answer).toEqual({ failures: [], read: CALLS, listed: [CALLS], removed: CALLS, left: 0 })
})

test('calls wait while other code has all files open that the process may have', () => {
  expect(lastFiles.waited).toEqual({ put: 'done', get: 'text', list: 1, deleteAll: 2 })
})

test('a deleteAll that runs out of files reports what it did, or that this is unknown', () => {
  const { scarce } = lastFiles
  expect(scarce.map(({ left }) => left)).toEqual([0, 1, 2, 3, 4])
  for (const { answer, remaining } of scarce) {
    if (answer === 'outcome_unknown') expect(remaining).toBe(0)
    else expect([answer, remaining]).toEqual(answer === 3 ? [3, 0] : ['store_unavailable', 3])
  }
})

test('a deleteAll that ran out of files leaves nothing once it is repeated', () => {
  const { scarce } = lastFiles
  expect(scarce.map(({ temporary }) => temporary)).toEqual([[], [], [], [], []])
  for (const { remaining, repeated } of scarce) expect(repeated).toBe(remaining)
})
