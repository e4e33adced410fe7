import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openArtifactStore } from '@harborage/artifacts'
import '@harborage/driver-fs'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { sqlitePlace } from './support/test-place.ts'

describe("migrate: 'verify' of artifacts in files", () => {
  test('makes no folder', async () => {
    await using place = await sqlitePlace()
    const folder = dirname(place.dsn)
    const dsn = `fs:${join(folder, 'above/artifacts')}`
    const failure = await failureOf(openArtifactStore({ dsn, migrate: 'verify' }))
    expect(failure).toMatchObject({ code: 'schema_outdated', retryable: false })
    expect(failure.message).toContain("migrate: 'apply'")
    expect(await readdir(folder)).toEqual([])
  })

  test('accepts an existing folder, and does not change it', async () => {
    await using place = await sqlitePlace()
    const folder = join(dirname(place.dsn), 'artifacts')
    await mkdir(folder)
    {
      await using artifacts = await openArtifactStore({ dsn: `fs:${folder}`, migrate: 'verify' })
      expect(await artifacts.get({ tenantId: 't', userId: 'u', sessionId: 's' }, 'a_0')).toBe(
        undefined,
      )
    }
    expect(await readdir(folder)).toEqual([])
  })
})
