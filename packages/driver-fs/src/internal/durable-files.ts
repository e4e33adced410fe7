import { constants } from 'node:fs'
import { link, lstat, mkdir, open, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import type { FileGate } from './file-gate.ts'
import { foreignEntry } from './fs-errors.ts'

export const OWNER_FILE = 0o600
export const OWNER_DIRECTORY = 0o700

/**
 * Writes a new file and makes its content durable. Its name is durable once its folder is
 * synchronized.
 */
export async function writeNewFile(
  gate: FileGate,
  path: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  await gate.use(
    () => open(path, 'wx', OWNER_FILE),
    async (file) => {
      let position = 0
      for (const chunk of chunks) {
        await writeAll(file, chunk, position)
        position += chunk.byteLength
      }
      await file.sync()
    },
  )
}

/** Non-blocking: opening a pipe would otherwise wait for a writer. */
const READ_NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const CHANGE_NO_LINK = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads a file without following a symbolic link. Resolves to `undefined` if there is no file. */
export async function readIfThere<Result>(
  gate: FileGate,
  path: string,
  read: (file: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  return useIfThere(gate, path, READ_NO_LINK, read)
}

/** Changes a file in place, as {@link readIfThere} reads one. */
export async function changeIfThere<Result>(
  gate: FileGate,
  path: string,
  change: (file: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  return useIfThere(gate, path, CHANGE_NO_LINK, change)
}

async function useIfThere<Result>(
  gate: FileGate,
  path: string,
  flags: number,
  use: (file: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  let isOpened = false
  try {
    return await gate.use(
      () => open(path, flags),
      (file) => {
        isOpened = true
        return use(file)
      },
    )
  } catch (error) {
    if (isOpened) throw error
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'ELOOP') throw foreignEntry(path)
    throw error
  }
}

/** The outcome of linking a file to another name: its folder may be gone, or the name taken. */
export type Linked = 'linked' | 'taken' | 'gone'

/** Links a file to another name, if the name is free. */
export async function linkIfFree(from: string, to: string): Promise<Linked> {
  try {
    await link(from, to)
    return 'linked'
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'taken'
    if (codeOf(error) === 'ENOENT') return 'gone'
    throw error
  }
}

/** Moves a file or a folder. Resolves to `false` if it was not there. */
export async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Removes a file. Resolves to whether it was there. */
export async function removeIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * Removes a folder if it is empty. Resolves to `true` if it is gone now, even if it was before.
 */
export async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return true
    // The folder is not empty.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

/** Makes the names in a folder durable. Resolves to whether the folder exists. */
export async function syncFolder(gate: FileGate, path: string): Promise<boolean> {
  // Windows cannot open a folder to synchronize it, and makes names durable by itself.
  if (process.platform === 'win32') return true
  const isThere = await readIfThere(gate, path, async (folder) => {
    await folder.sync()
    return true
  })
  return isThere === true
}

/**
 * Makes a change durable that others can already see; see {@link syncFolder}.
 *
 * @throws `outcome_unknown` if that fails.
 */
export async function syncApplied(gate: FileGate, path: string): Promise<boolean> {
  try {
    return await syncFolder(gate, path)
  } catch (cause) {
    throw new HarborageError(
      'outcome_unknown',
      'the change was made, but a crash of the machine may undo it: repeat the call to make it durable',
      { cause },
    )
  }
}

/**
 * Makes the removal or replacement of a folder durable: synchronizes every existing folder on
 * its path, up to the root. One of them contained the removed name.
 *
 * @throws `outcome_unknown` if that fails.
 */
export async function syncUpwards(gate: FileGate, root: string, folder: string): Promise<void> {
  for (let path = folder; path.length > root.length; path = dirname(path)) {
    await syncApplied(gate, path)
  }
}

/** Creates a folder if it does not exist, and rejects anything else in its place. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: OWNER_DIRECTORY })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!(await lstat(path)).isDirectory()) throw foreignEntry(path)
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < chunk.byteLength) {
    const left = chunk.byteLength - done
    const { bytesWritten } = await file.write(chunk, done, left, position + done)
    done += bytesWritten
  }
}
