import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { recordSynced } from './support/file-handles.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const scope = { tenantId: 't', userId: 'u', sessionId: 's', taskId: 'k' }

test('a put into a folder that others created meanwhile resolves once that folder is durable', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const { id } = await artifacts.putText(scope, 'text')
  const shard = dirname(await onlyArtifactFile(root))
  await artifacts.delete(scope, id)

  let isReplaced = false
  replaceCall('link', (real) => async (from, to) => {
    if (!isReplaced) {
      isReplaced = true
      // Like a process that deletes the scope, and one that is killed after creating the
      // folders again.
      await rm(sessionAbove(shard), { recursive: true })
      await mkdir(shard, { recursive: true })
    }
    await real(from, to)
  })
  const synced = recordSynced()
  const ref = await artifacts.putText(scope, 'text')

  for (let folder = shard; folder !== dirname(sessionAbove(shard)); folder = dirname(folder)) {
    expect(synced).toContain((await stat(dirname(folder))).ino)
  }
  expect(synced).toContain((await stat(shard)).ino)
  await using fresh = await openArtifacts(root)
  expect(await collect(fresh.list({ maintenanceScoped: true }))).toEqual([ref])
})

/** Returns the folder of the session, which contains those of task, namespace and shard. */
function sessionAbove(shard: string): string {
  return join(shard, '..', '..', '..')
}
