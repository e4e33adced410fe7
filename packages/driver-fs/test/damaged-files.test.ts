import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  open,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { beforeEach, describe, expect, test } from 'vitest'

import { artifactFiles, onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openArtifacts } from './support/open-artifacts.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const session = { tenantId: 't', userId: 'u', sessionId: 's' }
const scope = { ...session, taskId: 'k' }
const text = 'a text of some length'.repeat(100)
const maintenance = { maintenanceScoped: true } as const

/** Magic, length and digest of the header come first. */
const HEADER_FROM = 40

let root: string
let artifacts: ArtifactStore
let ref: ArtifactRef
beforeEach(async () => {
  root = await temporaryFolder()
  artifacts = await openArtifacts(root)
  ref = await artifacts.putText(scope, text, { filename: 'file', source: { tool: 'x' } })
})

test('any flipped byte before the content is artifact_corrupt, for every reader', async () => {
  const path = await onlyArtifactFile(root)
  const whole = await readFile(path)
  const headerEnd = whole.byteLength - ref.sizeBytes
  expect(whole.subarray(HEADER_FROM, HEADER_FROM + 1).toString()).toBe('{')
  for (let place = 0; place < headerEnd; place += 1) {
    const damaged = Buffer.from(whole)
    damaged[place] = (damaged[place] ?? 0) ^ 0x01
    await writeFile(path, damaged)
    await expectCorrupt(artifacts.get(scope, ref.id), artifacts.getRef(scope, ref.id))
  }
  await expectCorrupt(collect(artifacts.list(scope)), artifacts.putText(scope, text))
  await writeFile(path, whole)
  expect(await artifacts.getText(scope, ref.id)).toBe(text)
})

describe('a file that was', () => {
  test.each<[how: string, damage: (path: string) => Promise<unknown>]>([
    ['emptied', (path) => truncate(path)],
    ['cut within its first bytes', (path) => truncate(path, 20)],
    ['cut within its header', (path) => truncate(path, HEADER_FROM + 30)],
    ['cut within its bytes', async (path) => truncate(path, (await readFile(path)).length - 1)],
    ['cut to its header', async (path) => truncate(path, (await readFile(path)).length - 2_100)],
    ['made longer', (path) => appendFile(path, 'x')],
    ['replaced by a foreign one', (path) => writeFile(path, 'a foreign text')],
    ['replaced by zeros', (path) => writeFile(path, Buffer.alloc(10_000))],
    ['given an enormous header', (path) => overwrite(path, 4, [0xff, 0xff, 0xff, 0xff])],
  ])(
    '%s is artifact_corrupt for every reader, and can be deleted and put again',
    async (_, damage) => {
      await damage(await onlyArtifactFile(root))
      await expectCorrupt(
        artifacts.get(scope, ref.id),
        artifacts.getRef(scope, ref.id),
        artifacts.getRefs(scope, [ref.id]),
        artifacts.exists(scope, ref.id),
        collect(artifacts.list(scope)),
        collect(artifacts.list(maintenance)),
        artifacts.putText(scope, text),
      )
      expect(await artifacts.delete(scope, ref.id)).toBe(true)
      expect(await artifacts.getText(scope, (await artifacts.putText(scope, text)).id)).toBe(text)
    },
  )

  test('changed in its content is artifact_corrupt for every reader of the content', async () => {
    const path = await onlyArtifactFile(root)
    await overwrite(path, (await readFile(path)).length - 5, [0x00])
    await expectCorrupt(artifacts.get(scope, ref.id), artifacts.getText(scope, ref.id))
    expect(await artifacts.getRef(scope, ref.id)).toEqual(ref)
    expect(await collect(artifacts.list(scope))).toEqual([ref])
  })
})

describe("another scope's file", () => {
  const secret = { tenantId: 'v', userId: 'u', sessionId: 's', taskId: 'k' }

  test('in place of an own file is artifact_corrupt and reveals nothing', async () => {
    const [own = ''] = await artifactFiles(root)
    await artifacts.putText(secret, text, { filename: 'secret' })
    const other = (await artifactFiles(root)).find((path) => path !== own) ?? ''
    await copyFile(other, own)
    for (const call of [
      () => artifacts.get(scope, ref.id),
      () => artifacts.getRef(scope, ref.id),
      () => artifacts.putText(scope, text),
      () => collect(artifacts.list(scope)),
    ]) {
      const error = await failureOf(call())
      expect(error.code).toBe('artifact_corrupt')
      expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('secret')
    }
  })

  test('under an unused own name is artifact_corrupt', async () => {
    const theirs = await artifacts.putText(secret, 'their secret')
    const own = dirname(dirname(await findFile(ref.sha256)))
    const planted = join(own, theirs.sha256.slice(0, 2), theirs.sha256.slice(0, 12))
    await mkdir(dirname(planted), { recursive: true })
    await copyFile(await findFile(theirs.sha256), planted)
    await expectCorrupt(artifacts.get(scope, theirs.id), collect(artifacts.list(scope)))
  })

  test('in a folder that was copied to an own place is never listed', async () => {
    const theirs = await artifacts.putText(secret, 'their secret')
    const folderOf = (sha256: string) => findFile(sha256).then((path) => upwards(path, 3))
    const own = await folderOf(ref.sha256)
    const other = await folderOf(theirs.sha256)
    await rm(own, { recursive: true })
    await cp(other, own, { recursive: true })
    await using fresh = await openArtifacts(root)
    await expectCorrupt(
      collect(fresh.list(scope)),
      fresh.get(scope, theirs.id),
      collect(fresh.list(maintenance)),
    )
  })
})

test('files that are not of the store are ignored', async () => {
  const shard = dirname(await onlyArtifactFile(root))
  for (const name of ['.DS_Store', '.nfs0001', 'notes.txt', `${ref.sha256.slice(0, 12)}.bak`]) {
    await writeFile(join(shard, name), 'foreign')
    await writeFile(join(shard, '..', name), 'foreign')
    await writeFile(join(root, 'artifacts', name), 'foreign')
    await writeFile(join(root, name), 'foreign')
  }
  await using fresh = await openArtifacts(root)
  expect(await collect(fresh.list(maintenance))).toEqual([ref])
  expect(await deleteSession(fresh, session)).toBe(1)
})

async function expectCorrupt(...calls: readonly Promise<unknown>[]): Promise<void> {
  const codes = await Promise.all(calls.map(async (call) => (await failureOf(call)).code))
  expect(codes).toEqual(calls.map(() => 'artifact_corrupt'))
}

async function overwrite(path: string, from: number, bytes: readonly number[]): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Uint8Array.from(bytes), 0, bytes.length, from)
  await file.close()
}

async function findFile(sha256: string): Promise<string> {
  const files = await artifactFiles(root)
  const found = files.find((path) => path.endsWith(sha256.slice(0, 12)))
  if (found === undefined) throw new Error('the artifact has no file')
  return found
}

function upwards(path: string, levels: number): string {
  return levels === 0 ? path : upwards(dirname(path), levels - 1)
}
