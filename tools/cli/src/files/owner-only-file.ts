import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'

const OWNER_ONLY = 0o600
const SUFFIX_BYTES = 16

/** Creates a file that only its owner can read, and fails if there is one. */
export function createOwnerOnly(path: string): Promise<FileHandle> {
  return open(path, 'wx', OWNER_ONLY)
}

/** Creates a file with a text, for its owner only. It is durable when the call resolves. */
export async function writeOwnerOnly(path: string, text: string): Promise<void> {
  await using file = await createOwnerOnly(path)
  await file.writeFile(text)
  await file.sync()
}

/**
 * Writes a file that only its owner can read, beside its place, and puts it there in one step once
 * it is whole and durable. If that fails, nothing is left of it.
 *
 * @param mayReplace Whether it replaces a file that is there. Else it fails with `EEXIST`.
 */
export async function putOwnerOnly<Result>(
  path: string,
  mayReplace: boolean,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const beside = `${path}.${randomBytes(SUFFIX_BYTES).toString('hex')}`
  try {
    const result = await writeBeside(beside, write)
    if (mayReplace) await rename(beside, path)
    else await renameToNew(beside, path)
    return result
  } finally {
    await rm(beside, { force: true })
  }
}

/** Renames a file, and fails with `EEXIST` if its new name is in use. */
async function renameToNew(from: string, to: string): Promise<void> {
  // A rename would replace a file that came there meanwhile. Not every disk has links, which fail.
  await (await createOwnerOnly(to)).close()
  try {
    await rename(from, to)
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
}

async function writeBeside<Result>(
  path: string,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  await using file = await createOwnerOnly(path)
  const result = await write(file)
  await file.sync()
  return result
}
