import { existsSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder in memory, for files that are only read again. */
export const inMemory: string = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Runs work with the real path of a new folder, which is removed afterward. */
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
