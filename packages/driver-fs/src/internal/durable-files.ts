import { constants } from 'node:fs'
import { link, lstat, mkdir, open, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import type { FileGate } from './file-gate.ts'
import { foreignEntry } from './fs-errors.ts'

export const OWNER_FILE = 0o600
export const OWNER_DIRECTORY = 0o700

/**
 * Writes a new file and makes its content durable; the name is not, until its folder is
 * synchronised.
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

/** Without waiting: opening a pipe would last until somebody writes to it. */
const READ_NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads a file, but never what a symbolic link leads to. Returns `undefined` if there is none. */
export async function readIfThere<Result>(
  gate: FileGate,
  path: string,
  read: (file: FileHandle) => Promise<Result>,
): Promise<Result | undefined> {
  let isOpened = false
  try {
    return await gate.use(
      () => open(path, READ_NO_LINK),
      (file) => {
        isOpened = true
        return read(file)
      },
    )
  } catch (error) {
    if (isOpened) throw error
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'ELOOP') throw foreignEntry(path)
    throw error
  }
}

/** What came of giving a file one more name: its folder may be gone, or the name taken. */
export type Linked = 'linked' | 'taken' | 'gone'

/** Gives a file one more name, if that is free. */
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

/** Removes a file and tells whether it was there. */
export async function removeIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Removes a folder if nothing is in it, and tells whether it is gone, by this call or before. */
export async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return true
    // What the system says of a folder that holds something.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

/**
 * Makes the names in a folder durable, and tells whether it is there. One that was removed
 * meanwhile has none.
 */
export async function syncFolder(gate: FileGate, path: string): Promise<boolean> {
  // Windows cannot open a folder to synchronise it, and makes names durable by itself.
  if (process.platform === 'win32') return true
  const isThere = await readIfThere(gate, path, async (folder) => {
    await folder.sync()
    return true
  })
  return isThere === true
}

/**
 * As {@link syncFolder}, once what was asked for can be seen by everybody.
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
 * Makes durable what became of a folder that was removed or replaced meanwhile: from below, each of
 * those on its path that are there, up to the root. The name that is gone was in one of them.
 *
 * @throws `outcome_unknown` if that fails.
 */
export async function syncUpwards(gate: FileGate, root: string, folder: string): Promise<void> {
  for (let path = folder; path.length > root.length; path = dirname(path)) {
    await syncApplied(gate, path)
  }
}

/** Makes a folder, if it is not there, and refuses anything else in its place. */
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
