import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FileGate } from './file-gate.ts'

/** Something in a folder of temporary files that could not be removed. */
interface Unremoved {
  /** Where it came from, such as the folder of a session; `undefined` for what a put wrote. */
  readonly origin: string | undefined
  /** What the last attempt failed with. */
  cause: unknown
  removing?: Promise<void>
}

/** What this process could not remove, by its path, for all of its stores together. */
const unremoved = new Map<string, Unremoved>()

/**
 * Removes what was written or moved to a temporary path. Where that fails, the path is remembered
 * for {@link removeUnremoved}, and renamed so that every process that opens the store may remove
 * it.
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

/** Removes what could not be removed from a folder before. It never fails, and does not wait. */
export async function removeUnremoved(folder: string): Promise<void> {
  if (unremoved.size === 0) return
  for (const [path, entry] of [...unremoved]) {
    if (dirname(path) !== folder) continue
    entry.removing ??= removeAgain(path, entry)
    await entry.removing
  }
}

/** Returns something that came from there and is not removed yet. */
export function findUnremoved(origin: string): { readonly cause: unknown } | undefined {
  return [...unremoved.values()].find((entry) => entry.origin === origin)
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

/** Gives it a name of no time, which is abandoned to every process; this takes no open file. */
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
