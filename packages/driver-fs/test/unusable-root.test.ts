import { chmod, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { allOfUser } from '@harborage/core'
import { diagnose, openFsArtifactDriver } from '@harborage/driver-fs'
import { describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { recordSynced } from './support/file-handles.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { runScript } from './support/run-script.ts'
import { snapshot } from './support/snapshot.ts'
import type { StrangerAnswer } from './support/stranger.ts'
import { temporaryFiles } from './support/temporary-files.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const user = { tenantId: 't', userId: 'u' }
const scope = { ...user, sessionId: 's' }

describe('a root that is', () => {
  test('missing is created with its parents, for the owner only', async () => {
    const folder = await temporaryFolder()
    await using artifacts = await openArtifacts(join(folder, 'a', 'b', 'root'))
    const ref = await artifacts.putText(scope, 'text')
    expect(await artifacts.getText(scope, ref.id)).toBe('text')
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700)
  })

  test('a file is invalid_config, and the file is left unchanged', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'do not lose me')
    const before = await snapshot(folder)
    for (const root of ['file', 'file/below']) {
      const error = await failureOf(openArtifacts(join(folder, root)))
      expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
      expect(error.message).toContain('name a folder')
    }
    expect(await snapshot(folder)).toEqual(before)
  })

  test('existing is synchronized before anything is created in it', async () => {
    const above = await temporaryFolder()
    await mkdir(join(above, 'root'))
    const synced = recordSynced()
    await using _artifacts = await openArtifacts(join(above, 'root'))
    expect(synced).toEqual([(await stat(above)).ino])
  })

  test('created with its parents has each of them synchronized before the next is created in it', async () => {
    const above = await temporaryFolder()
    await mkdir(join(above, 'a'))
    const synced = recordSynced()
    await using _artifacts = await openArtifacts(join(above, 'a', 'b', 'root'))
    const folders = [above, join(above, 'a'), join(above, 'a', 'b')]
    const inodes = await Promise.all(folders.map(async (folder) => (await stat(folder)).ino))
    expect(synced).toEqual(inodes)
  })

  test('on a file system without hard links is invalid_config', async () => {
    const root = await temporaryFolder()
    replaceCall('link', () => async () => {
      throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })
    })
    const error = await failureOf(openArtifacts(root))
    expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(error.message).toContain('hard links')
    expect(await temporaryFiles(root)).toEqual([])
  })

  test('given with an empty host is the path after it', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifactStore({ dsn: `fs://${root}` })
    await artifacts.putText(scope, 'text')
    await using plain = await openArtifacts(root)
    expect(await collect(plain.list(scope))).toHaveLength(1)
  })

  test('behind links that form a loop is invalid_config', async () => {
    const root = join(await temporaryFolder(), 'loop')
    await symlink(root, root)
    const error = await failureOf(openArtifacts(root))
    expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(error.message).toContain('name another one')
    expect(await diagnose({ dsn: root })).toMatchObject([{ name: 'path', message: error.message }])
  })

  test.runIf(process.platform === 'linux').each(['/proc/x', '/proc/x/y', '/sys/x'])(
    'on a file system of the kernel is refused and found: %s',
    async (root) => {
      const error = await failureOf(openArtifacts(root))
      expect(error.retryable).toBe(false)
      const [finding] = await diagnose({ dsn: root })
      expect(finding?.message).toBe(error.message)
    },
  )

  test('too long is invalid_config', async () => {
    const root = join(await temporaryFolder(), 'a'.repeat(300))
    expect((await failureOf(openArtifacts(root))).code).toBe('invalid_config')
  })

  test('read-only can be read, rejects writes, and accepts them once it is writable', async () => {
    const answer = await runScript<StrangerAnswer>('stranger.ts', [await temporaryFolder()])
    const refusal = { code: 'store_unavailable', retryable: false }
    expect(answer).toMatchObject({
      newStore: refusal,
      read: 'kept',
      puttingEqual: null,
      puttingNew: refusal,
      deleting: refusal,
      deletingScope: refusal,
      afterwards: 'new',
    })
  })

  test('in use keeps the permissions of its owner', async () => {
    const root = await temporaryFolder()
    await chmod(root, 0o750)
    await using artifacts = await openArtifacts(root)
    await artifacts.putText(scope, 'text')
    expect((await stat(root)).mode & 0o777).toBe(0o750)
  })

  test('gone under an open store fails every call, and works again once it is back', async () => {
    const above = await temporaryFolder()
    const root = join(above, 'root')
    await using artifacts = await openArtifacts(root)
    const { id } = await artifacts.putText(scope, 'text')
    await rename(root, join(above, 'away'))
    await failsEveryCall(artifacts, id)
    expect(await diagnose({ dsn: root })).toMatchObject([{ name: 'vanished', grade: 'fails' }])
    await rename(join(above, 'away'), root)
    expect(await artifacts.getText(scope, id)).toBe('text')
    expect(await artifacts.exists(scope, 'default_0123456789ab')).toBe(false)
    expect((await artifacts.putText(scope, 'text')).id).toBe(id)
    expect(await diagnose({ dsn: root })).toEqual([])
  })

  test.each(['removed', 'moved'])(
    '%s and replaced by an empty one fails until it is opened again',
    async (how) => {
      const above = await temporaryFolder()
      const root = join(above, 'root')
      await using artifacts = await openArtifacts(root)
      const { id } = await artifacts.putText(scope, 'text')
      await (how === 'removed' ? rm(root, { recursive: true }) : rename(root, join(above, 'away')))
      await mkdir(root)
      await failsEveryCall(artifacts, id)
      expect(await snapshot(root)).toEqual({})
      expect(await diagnose({ dsn: root })).toMatchObject([{ name: 'vanished', grade: 'fails' }])
      await using again = await openArtifacts(root)
      expect(await again.get(scope, id)).toBeUndefined()
      expect((await again.putText(scope, 'text')).id).toBe(id)
    },
  )
})

/** Checks that no call takes what is stored for absent, or stores anything. */
async function failsEveryCall(artifacts: ArtifactStore, id: string): Promise<void> {
  for (const call of [
    () => artifacts.get(scope, id),
    () => artifacts.getRef(scope, id),
    () => artifacts.getRefs(scope, [id]),
    () => artifacts.deleteAll(allOfUser(user)),
    () => collect(artifacts.sessions(allOfUser(user))),
    () => artifacts.exists(scope, id),
    () => collect(artifacts.list(scope)),
    () => collect(artifacts.list({ maintenanceScoped: true })),
    () => artifacts.delete(scope, id),
    () => deleteSession(artifacts, scope),
    () => artifacts.putText(scope, 'text'),
    () => artifacts.putText(scope, 'another'),
  ]) {
    const error = await failureOf(call())
    expect([String(call), error]).toMatchObject([
      String(call),
      { code: 'store_unavailable', retryable: false },
    ])
    expect(error.message).toContain('mount its volume again or put the folder back')
  }
}

describe('a DSN is rejected', () => {
  test.each([
    '',
    'fs:',
    'fs: ./a',
    './a ',
    'fs:a\0b',
    'fs://host/a',
    'fs://',
    '//host/a',
    'sqlite:./a',
    'https://a/b',
  ])('if it is %j', async (dsn) => {
    const error = await failureOf(openFsArtifactDriver({ dsn }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('dsn')
  })
})
