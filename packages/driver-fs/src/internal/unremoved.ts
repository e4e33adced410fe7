import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { FileGate } from './file-gate.ts'

/** A temporary file or folder that could not be removed. */
interface Unremoved {
  /** Its original path, such as the folder of a session, or `undefined` for a file of a put. */
  readonly origin: string | undefined
  /** The error of the last attempt. */
  cause: unknown
  removing?: Promise<void>
}

/** What this process could not remove, by path, for all of its stores. */
const unremoved = new Map<string, Unremoved>()

/**
 * Removes a temporary file or folder. If that fails, remembers it for {@link removeUnremoved},
 * and renames it so that every process that opens the store may remove it.
 */
export async function removeTemporary(
  gate: FileGate,
  path: string,
  origin?: string,
): Promise<void> {
  try {
    await gate.whileShort(() => remove(path))
  } catch (cause) {
    unremoved.set(await abandon(path), { origin, cause })
  }
}

/** Removes what could not be removed from a folder before. Never fails, and does not wait. */
export async function removeUnremoved(folder: string): Promise<void> {
  if (unremoved.size === 0) return
  for (const [path, entry] of [...unremoved]) {
    if (dirname(path) !== folder) continue
    entry.removing ??= removeAgain(path, entry)
    await entry.removing
  }
}

/** Returns an entry that is not removed yet and was at this path, below it or around it. */
export function findUnremoved(origin: string): { readonly cause: unknown } | undefined {
  return [...unremoved.values()].find(
    (entry) =>
      entry.origin !== undefined && (isIn(entry.origin, origin) || isIn(origin, entry.origin)),
  )
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

async function removeAgain(path: string, entry: Unremoved): Promise<void> {
  try {
    await remove(path)
    unremoved.delete(path)
  } catch (cause) {
    entry.cause = cause
    delete entry.removing
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 })
}

/**
 * Renames it to a name with the time 0, which counts as abandoned for every process. Takes no file
 * descriptor.
 */
async function abandon(path: string): Promise<string> {
  const [processes, pid, , ...rest] = basename(path).split('-')
  const abandoned = join(dirname(path), [processes, pid, '0', ...rest].join('-'))
  try {
    await rename(path, abandoned)
    return abandoned
  } catch {
    return path
  }
}
