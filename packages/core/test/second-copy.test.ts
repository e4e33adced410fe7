import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type * as Core from '@harborage/core'
import type * as CoreKit from '@harborage/core/kit'
import { allOfUser, HarborageError, isHarborageError, userOwner } from '@harborage/core'
import { checkOwner, checkSubtree } from '@harborage/core/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const coreFolder = join(import.meta.dirname, '..')
let folder: string
let copy: typeof Core

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harborage-second-copy-'))
  await cp(join(coreFolder, 'src'), join(folder, 'src'), { recursive: true })
  await cp(join(coreFolder, 'package.json'), join(folder, 'package.json'))
  await symlink(join(coreFolder, 'node_modules'), join(folder, 'node_modules'), 'dir')
  copy = (await import(join(folder, 'src/index.ts'))) as typeof Core
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the classes of the second copy are not those of the first', () => {
  expect(copy.HarborageError).not.toBe(HarborageError)
  expect(new copy.HarborageError('not_found', '')).not.toBeInstanceOf(HarborageError)
})

test('an error of either copy is recognized by the guard of the other', () => {
  expect(isHarborageError(new copy.HarborageError('not_found', ''), 'not_found')).toBe(true)
  expect(copy.isHarborageError(new HarborageError('not_found', ''), 'not_found')).toBe(true)
  expect(copy.isHarborageError(new HarborageError('not_found', ''), 'store_closed')).toBe(false)
})

test('an owner or a subtree of either copy is recognized by the other', async () => {
  const ann = { tenantId: 'acme', userId: 'ann' }
  const kit = (await import(join(folder, 'src/kit/index.ts'))) as typeof CoreKit
  expect(checkOwner(copy.userOwner(ann))).toEqual(userOwner(ann))
  expect(kit.checkOwner(userOwner(ann))).toEqual(userOwner(ann))
  expect(checkSubtree(copy.allOfUser(ann))).toEqual(allOfUser(ann))
  expect(kit.checkSubtree(allOfUser(ann))).toEqual(allOfUser(ann))
})
