import { truncate } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { artifactFiles } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { leftOpen, recordOpened } from './support/file-handles.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

test('a list that fails at one of many files leaves no file open', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  for (let index = 0; index < 16; index += 1) await artifacts.putText(scope, `text ${index}`)
  const [first = ''] = await artifactFiles(root)
  await truncate(first)
  const opened = recordOpened()
  expect((await failureOf(collect(artifacts.list(scope)))).code).toBe('artifact_corrupt')
  expect(leftOpen(opened)).toEqual([])
  expect(opened.length).toBeGreaterThanOrEqual(16)
})
