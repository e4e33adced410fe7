import { ArtifactStore } from '@harborage/artifacts'
import { openFsArtifactDriver } from '@harborage/driver-fs'
import { beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { runScript } from './support/run-script.ts'
import { temporaryFiles } from './support/temporary-files.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const session = { tenantId: 't', userId: 'u', sessionId: 'secret session' }
const other = { tenantId: 't', userId: 'u', sessionId: 'other' }

let root: string
let artifacts: ArtifactStore
beforeEach(async () => {
  root = await temporaryFolder()
  artifacts = new ArtifactStore(await openFsArtifactDriver({ dsn: root, retryTimeoutMs: 0 }))
})

/**
 * Makes every removal in `temporary/` fail, as without free file descriptors, until the returned
 * function is called.
 */
function failRemovals(): () => void {
  let fails = true
  replaceCall('rm', (real) => async (path, options) => {
    if (fails) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
    await real(path, options)
  })
  return () => (fails = false)
}

/** Runs a deleteAll whose content could not be removed, but can be removed now. */
async function failedDeletion(): Promise<void> {
  await artifacts.putText(session, 'secret')
  const succeed = failRemovals()
  expect((await failureOf(deleteSession(artifacts, session))).code).toBe('outcome_unknown')
  expect(await temporaryFiles(root)).toHaveLength(1)
  succeed()
}

describe('content of a session that could not be removed is removed by', () => {
  test.each<[call: string, run: (id: string) => Promise<unknown>]>([
    ['the repeated deleteAll', () => deleteSession(artifacts, session)],
    ['the deleteAll of another session', () => deleteSession(artifacts, other)],
    ['the next delete', (id) => artifacts.delete(other, id)],
    ['close()', () => artifacts.close()],
    ['an open in this process', () => openArtifacts(root)],
    ['a close() of another store of this process', closeAnother],
    ['an open in another process', () => runScript('open-and-close.ts', [root])],
  ])('%s', async (_, run) => {
    const { id } = await artifacts.putText(other, 'kept')
    await failedDeletion()
    await run(id)
    expect(await temporaryFiles(root)).toEqual([])
  })
})

test('a deleteAll resolves once the content is gone, and not before', async () => {
  await artifacts.putText(session, 'secret')
  const succeed = failRemovals()
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const error = await failureOf(deleteSession(artifacts, session))
    expect(error.code).toBe('outcome_unknown')
    expect(error.message).toContain('repeat the call')
    expect(await temporaryFiles(root)).toHaveLength(1)
  }
  // Nothing of this session is left behind.
  expect(await deleteSession(artifacts, other)).toBe(0)
  succeed()
  expect(await deleteSession(artifacts, session)).toBe(0)
  expect(await temporaryFiles(root)).toEqual([])
})

test('files that a put could not remove are removed by the next delete', async () => {
  const succeed = failRemovals()
  const { id } = await artifacts.putText(session, 'secret')
  expect(await temporaryFiles(root)).not.toEqual([])
  succeed()
  expect(await artifacts.delete(session, id)).toBe(true)
  expect(await temporaryFiles(root)).toEqual([])
})

/** It was open before anything was left behind, and changes nothing when it is opened. */
async function closeAnother(): Promise<void> {
  const store = new ArtifactStore(await openFsArtifactDriver({ dsn: root, migrate: 'verify' }))
  expect(await temporaryFiles(root)).toHaveLength(1)
  await store.close()
}
