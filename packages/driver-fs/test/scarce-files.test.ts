import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { runScript } from './support/run-script.ts'
import type { ManyCallsAnswer } from './support/many-calls.ts'
import type { LastFilesAnswer } from './support/last-files.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** Runs a program with a limit of open files. */
function withFiles(count: number): string[] {
  return ['sh', '-c', `ulimit -n ${count}; exec "$@"`, 'sh']
}

let folder: string
let lastFiles: LastFilesAnswer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harborage-scarce-'))
  lastFiles = await runScript('last-files.ts', [folder], withFiles(128))
})
afterAll(() => rm(folder, { recursive: true }))

test('a thousand concurrent puts, reads, lists and deletes need few open files', async () => {
  const root = await temporaryFolder()
  const answer = await runScript<ManyCallsAnswer>('many-calls.ts', [root], withFiles(128))
  expect(answer).toEqual({ failures: [], read: 1_000, listed: [1_000], removed: 1_000, left: 0 })
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
