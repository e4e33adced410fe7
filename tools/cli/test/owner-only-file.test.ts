import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'
import { putOwnerOnly } from '../src/files/owner-only-file.ts'

test('a new file is put in its place, for its owner only, and nothing is beside it', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'file')
  await putOwnerOnly(path, false, (file) => file.writeFile('mine'))
  expect(await readFile(path, 'utf8')).toBe('mine')
  expect(await readdir(folder)).toEqual(['file'])
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a file that came there meanwhile stays as it is', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'file')
  const put = putOwnerOnly(path, false, async (file) => {
    await file.writeFile('mine')
    await writeFile(path, 'theirs')
  })
  await expect(put).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(path, 'utf8')).toBe('theirs')
  expect(await readdir(folder)).toEqual(['file'])
})

test('a file whose writing fails leaves its place free', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'file')
  const put = putOwnerOnly(path, false, () => Promise.reject(new Error('no space is left')))
  await expect(put).rejects.toThrow('no space is left')
  expect(await readdir(folder)).toEqual([])
})
