import { existsSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where files need no disk, because they are only read again. */
export const inMemory: string = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Hands out a folder of its own, by its real path, that is gone afterwards. */
export async function inTemporaryFolder<Result>(
  parent: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await realpath(await mkdtemp(join(parent, 'harborage-fault-')))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
