import { createHash } from 'node:crypto'
import files, { mkdir, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

import { ArtifactStore } from '@harborage/artifacts'
import { allOfSession, allOfTenant, allOfUser, tenantOwner, userOwner } from '@harborage/core'
import { openFsArtifactDriver } from '@harborage/driver-fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { snapshot } from './support/snapshot.ts'
import { temporaryFiles } from './support/temporary-files.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const MARKER = '5ecret'
const acme = { tenantId: 'acme' }
const ann = { ...acme, userId: `ann ${MARKER}` }
const bob = { ...acme, userId: 'bob' }

describe('erasing a user', () => {
  test('leaves nothing that names the user, and everything beside as it was', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    for (const owner of [userOwner(bob), tenantOwner(acme), { ...bob, sessionId: MARKER }]) {
      await artifacts.putText(owner, 'kept')
    }
    const before = await snapshot(root)
    for (const scope of [
      userOwner(ann),
      { ...ann, sessionId: `one ${MARKER}` },
      { ...ann, sessionId: `two ${MARKER}`, taskId: `task ${MARKER}` },
    ]) {
      await artifacts.putText(scope, MARKER, {
        namespace: MARKER,
        filename: MARKER,
        mimeType: MARKER,
        source: { from: MARKER },
      })
    }
    await leaveBehind(root)
    await writeFile(join(folderOf(root, ann.userId), digestOf(`one ${MARKER}`), 'name'), 'damaged')
    expect(await artifacts.deleteAll(allOfUser(ann))).toEqual({ deleted: 3, remaining: 0 })
    expect(await snapshot(root)).toEqual(before)
  })

  test('whose only folders are empty leaves none of them', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    await artifacts.putText(userOwner(bob), 'kept')
    const before = await snapshot(root)
    await namedFolder(folderOf(root, ann.userId), ann.userId)
    expect(await artifacts.deleteAll(allOfUser(ann))).toEqual({ deleted: 0, remaining: 0 })
    expect(await snapshot(root)).toEqual(before)
  })

  test('removes a session after the other, and none that is put behind its place', async () => {
    const driver = await openFsArtifactDriver({ dsn: await temporaryFolder() })
    await using artifacts = new ArtifactStore(driver)
    const sessions = ['one', 'two', 'three'].map((sessionId) => ({ ...ann, sessionId }))
    const subtree = allOfUser(ann)
    for (const session of sessions) await artifacts.putText(session, 'text')
    let after: string | undefined
    for (let batches = 1; ; batches += 1) {
      const batch = await driver.deleteBatch({ subtree, after, limit: 1 })
      expect(batch.deleted).toBe(1)
      if (batch.last === undefined) {
        expect(batches).toBe(3)
        break
      }
      // It is put again into a session that the walk has left behind.
      const gone = sessions.find(({ sessionId }) => digestOf(sessionId) === batch.last)
      if (gone !== undefined) await artifacts.putText(gone, 'text')
      after = batch.last
    }
    expect(await driver.countAll(subtree)).toBe(2)
  })

  test('is done once the content is gone from the disk, and not before', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    for (const sessionId of ['one', 'two']) await artifacts.putText({ ...ann, sessionId }, MARKER)
    let fails = true
    replaceCall('rm', (real) => async (path, options) => {
      if (fails) throw Object.assign(new Error('EIO: input/output error'), { code: 'EIO' })
      await real(path, options)
    })
    // Whether it is called for the user again, for its tenant or for one of its sessions.
    const around = [allOfUser(ann), allOfTenant(acme), allOfSession({ ...ann, sessionId: 'one' })]
    for (const subtree of [allOfUser(ann), ...around]) {
      expect((await failureOf(artifacts.deleteAll(subtree))).code).toBe('outcome_unknown')
    }
    fails = false
    expect(await artifacts.deleteAll(allOfUser(ann))).toEqual({ deleted: 0, remaining: 0 })
    expect(await temporaryFiles(root)).toEqual([])
  })
})

describe('the directory', () => {
  test('leaves out folders without an artifact', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const session = { ...ann, sessionId: 'kept' }
    await artifacts.putText(session, 'text')
    await leaveBehind(root)
    await namedFolder(folderOf(root, 'nobody'), 'nobody')
    expect(await collect(artifacts.sessions(allOfUser(ann)))).toEqual([session])
    const users = await collect(artifacts.users(allOfTenant(acme)))
    expect(users.map(({ userId }) => userId)).toEqual([ann.userId])
  })

  test('finds an artifact behind many folders without one', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const session = { ...ann, sessionId: 'kept' }
    await artifacts.putText({ ...session, taskId: 'task' }, 'text')
    const folder = join(folderOf(root, ann.userId), digestOf('kept'))
    for (let task = 0; task < 40; task += 1)
      await namedFolder(join(folder, digestOf(`${task}`)), `${task}`)
    expect(await collect(artifacts.sessions(allOfUser(ann)))).toEqual([session])
  })

  test('reads the names beside each other once, for any number of pages', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const names = Array.from({ length: 12 }, (_, index) => `session ${index}`)
    for (const sessionId of names) await artifacts.putText({ ...ann, sessionId }, 'text')
    const read = vi.spyOn(files, 'readdir')
    syncBuiltinESMExports()
    onTestFinished(() => {
      read.mockRestore()
      syncBuiltinESMExports()
    })
    const walk = artifacts.sessions(allOfUser(ann), { pageSize: 2 })
    expect((await collect(walk)).map(({ sessionId }) => sessionId)).toEqual(names.toSorted())
    const folder = folderOf(root, ann.userId)
    expect(read.mock.calls.filter(([path]) => path === folder)).toHaveLength(1)
  })

  test('gives a page twice, by its place', async () => {
    const driver = await openFsArtifactDriver({ dsn: await temporaryFolder() })
    await using artifacts = new ArtifactStore(driver)
    for (const sessionId of ['a', 'b', 'c', 'd'])
      await artifacts.putText({ ...ann, sessionId }, 'text')
    const within = { ...ann, sessionId: '', runId: '' }
    const page = { level: 'session', within, after: undefined, limit: 2 } as const
    const first = await driver.directoryPage(page)
    const next = { ...page, after: first.at(-1) }
    const second = await driver.directoryPage(next)
    expect(second.map(({ sessionId }) => sessionId)).toEqual(['c', 'd'])
    expect(await driver.directoryPage(next)).toEqual(second)
    expect(await driver.directoryPage({ ...next, level: 'user' })).toEqual([])
  })
})

/** Leaves what a killed process, an earlier version and a damaged disk may leave of a user. */
async function leaveBehind(root: string): Promise<void> {
  const user = folderOf(root, ann.userId)
  await namedFolder(join(user, digestOf('empty')), 'empty')
  await writeFile(join(root, 'temporary', `0123456789ab-1-${Date.now() - 2 * DAY_MS}-x-1`), MARKER)
}

async function namedFolder(path: string, name: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'name'), name)
}

function folderOf(root: string, userId: string): string {
  return join(root, 'artifacts', digestOf('acme'), digestOf(userId))
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
