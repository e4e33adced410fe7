import { constants } from 'node:fs'
import { link, lstat, mkdir, open, unlink, type FileHandle } from 'node:fs/promises'
import { StoreUnavailableError } from '@harborage/core'
import { codeOf } from './fs-errors.ts'

export const OWNER_FILE = 0o600
export const OWNER_DIRECTORY = 0o700

/** Writes a new file and makes its content durable; the name is not, until its folder is synchronised. */
export async function writeNewFile(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', OWNER_FILE)
  try {
    let position = 0
    for (const chunk of chunks) {
      await writeAll(file, chunk, position)
      position += chunk.byteLength
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Without waiting: opening a pipe would last until somebody writes to it. */
const READ_NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Opens a file for reading, but never what a symbolic link leads to. Gives `undefined` if there is none. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, READ_NO_LINK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'ELOOP') throw followedLink()
    throw error
  }
}

/** Gives a file one more name, unless that is taken. */
export async function linkIfFree(
  from: string,
  to: string,
): Promise<'linked' | 'taken' | 'no folder'> {
  try {
    await link(from, to)
    return 'linked'
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'taken'
    if (codeOf(error) === 'ENOENT') return 'no folder'
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

/** Makes the names in a folder durable. A folder that was removed meanwhile has none. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to synchronise it, and makes names durable by itself.
  if (process.platform === 'win32') return
  const folder = await openIfThere(path)
  if (folder === undefined) return
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes a folder, if it is not there, and refuses a symbolic link in its place. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: OWNER_DIRECTORY })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!(await lstat(path)).isDirectory()) throw followedLink()
  }
}

/** The error for a symbolic link below the root: it may lead anywhere, another tenant's files included. */
export function followedLink(): StoreUnavailableError {
  return new StoreUnavailableError(
    'something other than a folder or file of this store lies below its root: remove it',
    { retryable: false },
  )
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < chunk.byteLength) {
    const left = chunk.byteLength - done
    const { bytesWritten } = await file.write(chunk, done, left, position + done)
    done += bytesWritten
  }
}
