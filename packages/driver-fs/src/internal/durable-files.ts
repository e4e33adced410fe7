import { constants } from 'node:fs'
import { link, lstat, mkdir, open, rm, unlink, type FileHandle } from 'node:fs/promises'
import { codeOf, OutcomeUnknownError } from '@harborage/core'
import { foreignEntry } from './fs-errors.ts'

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
    if (codeOf(error) === 'ELOOP') throw foreignEntry()
    throw error
  }
}

/** Gives a file one more name and tells whether it did: not if the name is taken, or its folder is gone. */
export async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
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

/** Removes what was written under a temporary name. Where that fails, whoever opens the store next does it. */
export async function removeTemporary(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
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

/**
 * As {@link syncFolder}, once what was asked for can be seen by everybody.
 *
 * @throws `outcome_unknown` if that fails.
 */
export async function syncApplied(path: string): Promise<void> {
  try {
    await syncFolder(path)
  } catch (cause) {
    throw new OutcomeUnknownError(
      'the change was made, but a crash of the machine may undo it: repeat the call to make it durable',
      { cause },
    )
  }
}

/** Makes a folder, if it is not there, and refuses anything else in its place. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: OWNER_DIRECTORY })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!(await lstat(path)).isDirectory()) throw foreignEntry()
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
