import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import { foreignEntry, pathIn } from './fs-errors.ts'
import { isFolder } from './read-folder.ts'

/** The error codes if a part of the path is missing, is a file, or is a loop of links. */
const NOWHERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP']

/**
 * Returns whether a folder below the root exists.
 *
 * @throws `store_unavailable` if a part of its path below the root is not a folder, such as a
 * link to one.
 */
export async function isRealFolder(root: string, folder: string): Promise<boolean> {
  try {
    if ((await realpath(folder)) === folder) return true
  } catch (error) {
    if (NOWHERE.includes(codeOf(error))) return areFolders(root, folder)
    throw error
  }
  // There is a link in the path. The error names the first one.
  await areFolders(root, folder)
  throw foreignEntry(folder)
}

/**
 * Returns whether every part of the path is a folder. Goes down from the root, so that a broken
 * link or a file is not taken for a missing folder.
 */
async function areFolders(root: string, folder: string): Promise<boolean> {
  let path = root
  for (const name of relative(root, folder).split(sep)) {
    path = join(path, name)
    if (!(await isFolder(path))) return false
  }
  return true
}

/**
 * Resolves to the error for the entry that caused an `ENOTDIR`, which names only a path below it,
 * or to any other error unchanged.
 */
export async function findInTheWay(error: unknown, root: string): Promise<unknown> {
  const path = codeOf(error) === 'ENOTDIR' ? pathIn(error) : undefined
  if (path?.startsWith(root + sep) !== true) return error
  return areFolders(root, path).then(
    () => error,
    (found: unknown) => found,
  )
}
