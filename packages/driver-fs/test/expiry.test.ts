import { open, readFile, stat, truncate } from 'node:fs/promises'

import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { failureOf } from '@harborage/test-kit/failure-of'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { beforeEach, describe, expect, test } from 'vitest'

import { onlyArtifactFile } from './support/artifact-files.ts'
import { openArtifacts } from './support/open-artifacts.ts'

const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
const expiresAt = new Date(8.64e15)

/** The bytes of an expiry, which is stored twice. */
const COPY = 16

let root: string
let artifacts: ArtifactStore
beforeEach(async () => {
  root = await temporaryFolder()
  artifacts = await openArtifacts(root)
})

test('a file has no more bytes than before there was an expiry, until it has one', async () => {
  await artifacts.putText(scope, 'content')
  const path = await onlyArtifactFile(root)
  const plain = await readFile(path)
  expect(plain.subarray(-7).toString()).toBe('content')
  await artifacts.putText(scope, 'content', { expiresAt })
  expect((await readFile(path)).subarray(0, -2 * COPY)).toEqual(plain)
})

test('a put that changes the expiry changes the file in place', async () => {
  await artifacts.putText(scope, 'content')
  const path = await onlyArtifactFile(root)
  const before = await stat(path)
  await artifacts.putText(scope, 'content', { expiresAt })
  await artifacts.putText(scope, 'content')
  expect((await stat(path)).ino).toBe(before.ino)
})

describe('the expiry of a file', () => {
  let ref: ArtifactRef
  let path: string
  beforeEach(async () => {
    ref = await artifacts.putText(scope, 'content', { expiresAt })
    path = await onlyArtifactFile(root)
  })

  test.for([
    ['first', 2 * COPY],
    ['second', COPY],
  ] as const)('is found if its %s copy is torn', async ([, fromEnd]) => {
    for (let place = 0; place < COPY; place += 1) {
      await flip(fromEnd - place)
      expect(await artifacts.getRef(scope, ref.id)).toEqual(ref)
      await flip(fromEnd - place)
    }
  })

  test('is artifact_corrupt if both copies are damaged', async () => {
    await flip(1)
    await flip(COPY + 1)
    expect((await failureOf(artifacts.getRef(scope, ref.id))).code).toBe('artifact_corrupt')
    expect((await failureOf(artifacts.get(scope, ref.id))).code).toBe('artifact_corrupt')
  })

  test('is artifact_corrupt if a part of it is missing', async () => {
    const { size } = await stat(path)
    for (const missing of [1, COPY, 2 * COPY - 1]) {
      await truncate(path, size - missing)
      expect((await failureOf(artifacts.getRef(scope, ref.id))).code).toBe('artifact_corrupt')
    }
  })

  test('is none in a file that was made longer when a process was killed', async () => {
    const { size } = await stat(path)
    await truncate(path, size - 2 * COPY)
    await truncate(path, size)
    expect(await artifacts.getRef(scope, ref.id)).toEqual({ ...ref, expiresAt: undefined })
    expect(await artifacts.getText(scope, ref.id)).toBe('content')
  })

  /** Flips a bit of a byte, counted from the end of the file. */
  async function flip(fromEnd: number): Promise<void> {
    const { size } = await stat(path)
    const file = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, size - fromEnd)
    await file.write(Uint8Array.of(byte.readUInt8() ^ 1), 0, 1, size - fromEnd)
    await file.close()
  }
})
