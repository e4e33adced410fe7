import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { artifactFiles } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { openArtifacts } from './support/open-artifacts.ts'
import type { PuttingAnswer } from './support/putting-process.ts'
import { runScript } from './support/run-script.ts'
import { temporaryFiles } from './support/temporary-files.ts'
import { measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const kept = { tenantId: 't', userId: 'u', sessionId: 'kept', taskId: '' }
const churned = { tenantId: 't', userId: 'u', sessionId: 'churned' }
const PROCESSES = measure({ quick: 4, full: 8 })
const processes = Array.from({ length: PROCESSES }, (_, index) => `process ${index}`)

test(`${PROCESSES} processes may put and delete in one folder concurrently`, async () => {
  const root = await temporaryFolder()
  const answers = await Promise.all(
    processes.map((name) => runScript<PuttingAnswer>('putting-process.ts', [root, name])),
  )
  expect(answers.flatMap(({ faults }) => faults)).toEqual([])

  // Equal contents were stored once, and all processes got the same refs.
  const shared = answers.flatMap((answer) => answer.shared)
  const byDigest = Map.groupBy(shared, ({ sha256 }) => sha256)
  for (const [first, ...others] of byDigest.values()) {
    expect(others).toEqual(processes.slice(1).map(() => first))
  }

  // Nothing that was put is missing, doubled or damaged.
  await using artifacts = await openArtifacts(root)
  const refs = await collect(artifacts.list(kept))
  const ownIds = answers.flatMap(({ own }) => own)
  expect(refs).toHaveLength(byDigest.size + ownIds.length)
  expect(new Set(refs.map(({ id }) => id)).size).toBe(refs.length)
  const texts = await Promise.all(refs.map(({ id }) => artifacts.getText(kept, id)))
  expect(texts).not.toContain(undefined)

  // Each artifact of the session that all processes deleted was removed by exactly one of them.
  const put = answers.reduce((sum, answer) => sum + answer.put, 0)
  const removed = answers.reduce((sum, answer) => sum + answer.removed, 0)
  expect(removed + (await deleteSession(artifacts, churned))).toBe(put)

  expect(await temporaryFiles(root)).toEqual([])
  const files = await artifactFiles(root)
  expect(files).toHaveLength(refs.length)
  const contents = await Promise.all(files.map((path) => readFile(path)))
  expect(contents.filter((bytes) => bytes.subarray(0, 4).toString() !== 'HBA1')).toEqual([])
})
