import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import { foreignEntry, pathIn } from './fs-errors.ts'
import { isFolder } from './read-folder.ts'

/** What the system answers where something on the way is missing, a file, or a link in a circle. */
const NOWHERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP']

/**
 * Whether a folder below the root is there.
 *
 * @throws `store_unavailable` if something on its path below the root is not a folder, such as a
 * link to one.
 */
export async function isRealFolder(root: string, folder: string): Promise<boolean> {
  try {
    if ((await realpath(folder)) === folder) return true
  } catch (error) {
    if (NOWHERE.includes(codeOf(error))) return areFolders(root, folder)
    throw error
  }
  // A link is on the way; the first one is named.
  await areFolders(root, folder)
  throw foreignEntry(folder)
}

/**
 * Looks from the root downwards, so that a link to nowhere, or a file, is not taken for nothing.
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
 * Returns what is in the way of a call that failed with `ENOTDIR`, which names a path below it; any
 * other failure as it is.
 */
export async function findInTheWay(error: unknown, root: string): Promise<unknown> {
  const path = codeOf(error) === 'ENOTDIR' ? pathIn(error) : undefined
  if (path?.startsWith(root + sep) !== true) return error
  return areFolders(root, path).then(
    () => error,
    (found: unknown) => found,
  )
}
