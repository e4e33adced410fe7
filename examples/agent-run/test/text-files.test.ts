import { symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { listTextFiles, readTextFile } from '../src/workload/text-files.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

test('text files are found in order, and other files are left out', async () => {
  await using folder = await temporaryFolder({
    'b.txt': 'b',
    'a/ä.txt': 'ä',
    'a.txt': 'a',
    'empty.txt': '',
    'image.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0]),
    'latin1.txt': new Uint8Array([0xe4]),
    'large.txt': 'x'.repeat(1024 * 1024 + 1),
    '.git/config': 'x',
    'node_modules/m/index.js': 'x',
    'a/dist/index.js': 'x',
  })
  await symlink(folder.path, folder.of('a/round-and-round'))
  await symlink(folder.of('a.txt'), folder.of('link.txt'))
  expect(await listTextFiles(folder.path)).toEqual(['a.txt', 'a/ä.txt', 'b.txt'])
})

test('a missing file is read as undefined', async () => {
  await using folder = await temporaryFolder()
  expect(await readTextFile(folder.path, 'gone.txt')).toBeUndefined()
})
