import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openArtifacts } from './support/open-artifacts.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const scope = { tenantId: 't', userId: 'u', sessionId: 's', taskId: 'k' }
const maintenance = { maintenanceScoped: true } as const

test.each([
  ['tenant', 6],
  ['user', 5],
  ['session', 4],
  ['task', 3],
  ['namespace', 2],
])(
  'a list recovers the lost name of a %s from an artifact, and writes it again',
  async (_, levelsUp) => {
    const root = await temporaryFolder()
    await using writer = await openArtifacts(root)
    const ref = await writer.putText(scope, 'text')
    const name = join(upwards(await onlyArtifactFile(root), levelsUp), 'name')
    const before = await readFile(name, 'utf8')
    await rm(name)
    await using artifacts = await openArtifacts(root)
    expect(await collect(artifacts.list(maintenance))).toEqual([ref])
    expect(await readFile(name, 'utf8')).toBe(before)
    expect(await collect(artifacts.list({ ...scope, namespace: 'default' }))).toEqual([ref])
  },
)

test('a name file with another text is artifact_corrupt', async () => {
  const root = await temporaryFolder()
  await using writer = await openArtifacts(root)
  await writer.putText(scope, 'text')
  await writeFile(join(upwards(await onlyArtifactFile(root), 3), 'name'), 'another')
  await using artifacts = await openArtifacts(root)
  const error = await failureOf(collect(artifacts.list(maintenance)))
  expect(error).toMatchObject({ code: 'artifact_corrupt', retryable: false })
})

test('an empty folder without a name file is ignored', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const ref = await artifacts.putText(scope, 'text')
  const tenant = upwards(await onlyArtifactFile(root), 6)
  await mkdir(join(dirname(tenant), '0'.repeat(64)))
  await mkdir(join(tenant, 'f'.repeat(64)))
  expect(await collect(artifacts.list(maintenance))).toEqual([ref])
})

function upwards(path: string, levels: number): string {
  return levels === 0 ? path : upwards(dirname(path), levels - 1)
}
