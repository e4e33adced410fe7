import type { ArtifactStore } from '@harborage/artifacts'
import { beforeEach, describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { failSync } from './support/file-handles.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { temporaryFiles } from './support/temporary-files.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const session = { tenantId: 't', userId: 'u', sessionId: 's' }
const scope = { ...session, taskId: 'k' }

let root: string
let artifacts: ArtifactStore
let id: string
beforeEach(async () => {
  root = await temporaryFolder()
  artifacts = await openArtifacts(root)
  id = (await artifacts.putText(scope, 'content')).id
})

describe('a visible change that could not be made durable is outcome_unknown', () => {
  const unknown = { code: 'outcome_unknown', retryable: true }

  test('for a put, and the next one finds it', async () => {
    const { id: next } = await artifacts.putText(scope, 'next')
    await artifacts.delete(scope, next)
    // The first are those of the file itself, and of the folder in which its last folder is made
    // anew.
    failSync(3)
    expect(await failureOf(artifacts.putText(scope, 'next'))).toMatchObject(unknown)
    expect(await artifacts.exists(scope, next)).toBe(true)
    expect((await artifacts.putText(scope, 'next')).id).toBe(next)
  })

  test('for a put of existing content', async () => {
    failSync(1)
    expect(await failureOf(artifacts.putText(scope, 'content'))).toMatchObject(unknown)
  })

  test('for a delete, and the next one synchronizes it', async () => {
    failSync(1)
    expect(await failureOf(artifacts.delete(scope, id))).toMatchObject(unknown)
    expect(await artifacts.exists(scope, id)).toBe(false)
    failSync(1)
    expect(await failureOf(artifacts.delete(scope, id))).toMatchObject(unknown)
    expect(await artifacts.delete(scope, id)).toBe(false)
  })

  test('for a deleteAll, and the next one synchronizes it', async () => {
    failSync(1)
    expect(await failureOf(deleteSession(artifacts, session))).toMatchObject(unknown)
    expect(await collect(artifacts.list(scope))).toEqual([])
    expect(await temporaryFiles(root)).toEqual([])
    failSync(1)
    expect(await failureOf(deleteSession(artifacts, session))).toMatchObject(unknown)
    expect(await deleteSession(artifacts, session)).toBe(0)
  })
})

test('a file whose content cannot be synchronized is store_unavailable, and not there', async () => {
  failSync(1)
  expect(await failureOf(artifacts.putText(scope, 'next'))).toMatchObject({
    code: 'store_unavailable',
  })
  expect(await collect(artifacts.list(scope))).toHaveLength(1)
})

test('temporary files that cannot be removed fail no put, but a deleteAll that leaves content', async () => {
  replaceCall('rm', () => async () => {
    throw Object.assign(new Error('EIO: i/o error, unlink'), { code: 'EIO' })
  })
  const { id: next } = await artifacts.putText(scope, 'next')
  expect(await artifacts.getText(scope, next)).toBe('next')
  expect(await failureOf(deleteSession(artifacts, session))).toMatchObject({
    code: 'outcome_unknown',
    retryable: true,
    cause: { code: 'EIO' },
  })
  expect(await collect(artifacts.list(scope))).toEqual([])
  expect(await temporaryFiles(root)).not.toEqual([])
})
