import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from './support/collect.ts'
import { failureOf } from './support/failure-of.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const scope = { tenantId: 't', userId: 'u', sessionId: 's', taskId: 'k' }
const maintenance = { maintenanceScoped: true } as const

test.each([
  ['tenant', 6],
  ['user', 5],
  ['session', 4],
  ['task', 3],
  ['namespace', 2],
])(
  'a list that needs the lost name of a %s is artifact_corrupt, not incomplete',
  async (_, levelsUp) => {
    const root = await temporaryFolder()
    await using writer = await openArtifacts(root)
    const ref = await writer.putText(scope, 'text')
    await rm(join(upwards(await onlyArtifactFile(root), levelsUp), 'name'))
    await using artifacts = await openArtifacts(root)
    const error = await failureOf(collect(artifacts.list({}, { maintenance })))
    expect(error).toMatchObject({ code: 'artifact_corrupt', retryable: false })
    expect(await collect(artifacts.list({ ...scope, namespace: 'default' }))).toEqual([ref])
    // Whoever puts something there gives the folder its name again.
    await artifacts.putText(scope, 'another text')
    expect(await collect(artifacts.list({}, { maintenance }))).toHaveLength(2)
  },
)

test('a folder without a name that holds nothing yet is passed over', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const ref = await artifacts.putText(scope, 'text')
  const tenant = upwards(await onlyArtifactFile(root), 6)
  await mkdir(join(dirname(tenant), '0'.repeat(64)))
  await mkdir(join(tenant, 'f'.repeat(64)))
  expect(await collect(artifacts.list({}, { maintenance }))).toEqual([ref])
})

function upwards(path: string, levels: number): string {
  return levels === 0 ? path : upwards(dirname(path), levels - 1)
}
