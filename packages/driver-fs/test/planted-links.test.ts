import { execFileSync } from 'node:child_process'
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

import type { ArtifactStore } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'
import { beforeEach, describe, expect, test } from 'vitest'

import { onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openArtifacts } from './support/open-artifacts.ts'
import { snapshot } from './support/snapshot.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const session = { tenantId: 't', userId: 'u', sessionId: 's' }
const scope = { ...session, taskId: 'k' }
const text = 'what everybody may read'
const maintenance = { maintenanceScoped: true } as const

/** The places below the root, by how far they are above the artifact's file. */
const places = [
  ['the folder of all artifacts', 7],
  ['the folder of the tenant', 6],
  ['the folder of the user', 5],
  ['the folder of the session', 4],
  ['the folder of the task', 3],
  ['the folder of the namespace', 2],
  ['the last folder', 1],
  ['the file', 0],
] as const

let parent: string
let root: string
let artifacts: ArtifactStore
let id: string
beforeEach(async () => {
  parent = await temporaryFolder()
  root = join(parent, 'root')
  artifacts = await openArtifacts(root)
  id = (await artifacts.putText(scope, text)).id
})

describe.each(places)('a link in place of %s', (_, levelsUp) => {
  /** Moves the entry out of the root, complete and readable, and puts a link in its place. */
  async function plantLink(): Promise<string> {
    const place = upwards(await onlyArtifactFile(root), levelsUp)
    const elsewhere = join(parent, 'elsewhere')
    await cp(place, elsewhere, { recursive: true })
    await rm(place, { recursive: true })
    await symlink(elsewhere, place)
    return relative(root, place)
  }

  test.each<[call: string, run: () => Promise<unknown>]>([
    ['get', () => artifacts.get(scope, id)],
    ['getRef', () => artifacts.getRef(scope, id)],
    ['putText of the same text', () => artifacts.putText(scope, text)],
    ['delete', () => artifacts.delete(scope, id)],
    ['list', () => collect(artifacts.list(scope))],
    ['list across identities', () => collect(artifacts.list(maintenance))],
  ])('is not followed by %s', async (_call, run) => {
    const place = await plantLink()
    const before = await snapshot(parent)
    const error = await failureOf(run())
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(error.message).toContain('below its root')
    expect(error.message).toContain(`"${place}"`)
    expect(await snapshot(parent)).toEqual(before)
  })

  test('is not followed by putText of another text', async () => {
    await plantLink()
    const elsewhere = await snapshot(join(parent, 'elsewhere')).catch(() => 'a file')
    const answer = await artifacts.putText(scope, 'another text').then(
      () => 'stored',
      (error: unknown) => isHarborageError(error, 'store_unavailable'),
    )
    // Beside a link to a file, and in another last folder, there is no link in the way.
    expect(answer).toBe(levelsUp > 1 ? true : 'stored')
    expect(await snapshot(join(parent, 'elsewhere')).catch(() => 'a file')).toEqual(elsewhere)
  })

  test('is not followed by deleteAll', async () => {
    await plantLink()
    const elsewhere = await snapshot(join(parent, 'elsewhere')).catch(() => 'a file')
    if (levelsUp >= 4) {
      const error = await failureOf(deleteSession(artifacts, session))
      expect(error.code).toBe('store_unavailable')
    } else {
      // The link goes with its session; what it leads to stays, and is not counted.
      expect(await deleteSession(artifacts, session)).toBe(0)
    }
    expect(await snapshot(join(parent, 'elsewhere')).catch(() => 'a file')).toEqual(elsewhere)
  })
})

describe.each<[what: string, plant: (place: string) => Promise<void>]>([
  ['a file', (place) => writeFile(place, 'foreign')],
  ['a link that leads nowhere', (place) => symlink(join(parent, 'nowhere'), place)],
  ['a link to itself', (place) => symlink(place, place)],
])('%s', (_what, plant) => {
  test.each(places.slice(0, -1))(
    'in place of %s is a foreign entry for every call that meets it',
    async (_place, levelsUp) => {
      const place = upwards(await onlyArtifactFile(root), levelsUp)
      await rm(place, { recursive: true })
      await plant(place)
      const before = await snapshot(parent)
      for (const call of [
        () => artifacts.get(scope, id),
        () => artifacts.exists(scope, id),
        () => artifacts.delete(scope, id),
        () => artifacts.putText(scope, text),
        () => collect(artifacts.list(scope)),
        () => collect(artifacts.list(maintenance)),
        ...(levelsUp >= 4 ? [() => deleteSession(artifacts, session)] : []),
      ]) {
        const error = await failureOf(call())
        expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
        expect(error.message).toContain('below its root')
        expect(error.message).toContain(`"${relative(root, place)}"`)
        expect(error.message).not.toContain(root)
      }
      expect(await snapshot(parent)).toEqual(before)
    },
  )
})

test('a link to the original folder is not followed either', async () => {
  const task = upwards(await onlyArtifactFile(root), 3)
  await rename(task, join(parent, 'moved'))
  await symlink(join(parent, 'moved'), task)
  const before = await snapshot(parent)
  expect((await failureOf(artifacts.putText(scope, 'another text'))).code).toBe('store_unavailable')
  expect(await snapshot(parent)).toEqual(before)
})

test('a link in place of the temporary folder is not written through', async () => {
  const elsewhere = join(parent, 'elsewhere')
  await mkdir(elsewhere)
  await rm(join(root, 'temporary'), { recursive: true })
  await symlink(elsewhere, join(root, 'temporary'))
  for (const call of [
    () => artifacts.putText(scope, 'new'),
    () => deleteSession(artifacts, session),
    () => openArtifacts(root),
  ]) {
    expect(await failureOf(call())).toMatchObject({ code: 'store_unavailable', retryable: false })
  }
  expect(await snapshot(elsewhere)).toEqual({})
  expect(await artifacts.getText(scope, id)).toBe(text)
})

test('a link in place of a name file is not followed', async () => {
  const name = join(upwards(await onlyArtifactFile(root), 4), 'name')
  await rename(name, join(parent, 'name'))
  await symlink(join(parent, 'name'), name)
  await using fresh = await openArtifacts(root)
  const error = await failureOf(collect(fresh.list(maintenance)))
  expect(error.code).toBe('store_unavailable')
})

test('a broken link is not followed', async () => {
  const file = await onlyArtifactFile(root)
  await rm(file)
  await symlink(join(parent, 'nowhere'), file)
  expect((await failureOf(artifacts.get(scope, id))).code).toBe('store_unavailable')
  expect((await failureOf(artifacts.putText(scope, text))).code).toBe('store_unavailable')
})

test('a pipe in place of a file does not block a reader', async () => {
  const file = await onlyArtifactFile(root)
  await rm(file)
  execFileSync('mkfifo', [file])
  expect((await failureOf(artifacts.get(scope, id))).code).toBe('artifact_corrupt')
  expect((await failureOf(collect(artifacts.list(scope)))).code).toBe('artifact_corrupt')
})

test('the root itself may be a link', async () => {
  await symlink(root, join(parent, 'link'))
  await using linked = await openArtifacts(join(parent, 'link'))
  expect(await linked.getText(scope, id)).toBe(text)
})

function upwards(path: string, levels: number): string {
  return levels === 0 ? path : upwards(dirname(path), levels - 1)
}
