import type { Dirent } from 'node:fs'
import { lstat, opendir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FileGate } from './file-gate.ts'
import { foreignEntry, ifMissing } from './fs-errors.ts'
import { isArtifactFile, isShard } from './layout.ts'

/**
 * The age of an empty folder from which on it is left over. A newer one may have just been
 * created by a put.
 */
const LEFT_OVER_AFTER_MS = 60_000

/**
 * Resolves to the names of the wanted folders in a folder, sorted. There are none if it does
 * not exist. Rejects anything else that has a wanted name.
 */
export async function foldersIn(
  gate: FileGate,
  parent: string,
  isWanted: (name: string) => boolean,
): Promise<string[]> {
  const names: string[] = []
  for (const entry of await entriesIn(gate, parent)) {
    if (!isWanted(entry.name)) continue
    if (!entry.isDirectory()) throw foreignEntry(join(parent, entry.name))
    names.push(entry.name)
  }
  return names.sort()
}

/** Resolves to the wanted names in a folder, sorted. There are none if it does not exist. */
export async function namesIn(
  gate: FileGate,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<string[]> {
  const entries = await entriesIn(gate, folder)
  return entries
    .map(({ name }) => name)
    .filter(isWanted)
    .sort()
}

/** Returns whether a folder exists. Rejects anything else in its place. */
export async function isFolder(path: string): Promise<boolean> {
  const status = await lstat(path).catch(ifMissing)
  if (status === undefined || status.isDirectory()) return status !== undefined
  throw foreignEntry(path)
}

/** Returns whether a file exists. Rejects anything else in its place. */
export async function isFileThere(path: string): Promise<boolean> {
  const status = await lstat(path).catch(ifMissing)
  if (status === undefined || status.isFile()) return status !== undefined
  throw foreignEntry(path)
}

/** Returns whether an empty folder was left behind some time ago. */
export async function isLeftOver(folder: string): Promise<boolean> {
  const status = await lstat(folder).catch(() => {})
  return status !== undefined && Date.now() - status.mtimeMs > LEFT_OVER_AFTER_MS
}

/**
 * Resolves to the number of artifacts below a folder. Follows no links, and keeps no list of files
 * in memory.
 *
 * @param ifGone What to do if a folder is gone. Default: the count fails.
 */
export async function countArtifacts(
  gate: FileGate,
  folder: string,
  ifGone?: (error: unknown) => undefined,
): Promise<number> {
  let count = 0
  const below: string[] = []
  const reading = forEachEntry(gate, folder, (entry) => {
    if (entry.isDirectory()) below.push(join(folder, entry.name))
    else if (isArtifactIn(folder, entry)) count += 1
    return true
  })
  await (ifGone === undefined ? reading : reading.catch(ifGone))
  // After closing it: otherwise each level would keep a folder open.
  for (const path of below) count += await countArtifacts(gate, path, ifGone)
  return count
}

/** The number of folders in a folder in which an artifact is looked for at first. */
const FIRST_FOLDERS = 16

/**
 * Returns whether a folder has an artifact, at any depth. Usually the first folders in it do, so
 * that the others are not read.
 */
export async function holdsArtifact(gate: FileGate, folder: string): Promise<boolean> {
  for (const most of [FIRST_FOLDERS, Number.POSITIVE_INFINITY]) {
    let isHeld = false
    const below: string[] = []
    const reading = forEachEntry(gate, folder, (entry) => {
      isHeld = isArtifactIn(folder, entry)
      if (entry.isDirectory()) below.push(join(folder, entry.name))
      return !isHeld && below.length < most
    })
    await reading.catch(ifMissing)
    if (isHeld) return true
    for (const path of below) if (await holdsArtifact(gate, path)) return true
    if (below.length < most) return false
  }
  return false
}

function isArtifactIn(folder: string, entry: Dirent): boolean {
  return entry.isFile() && isArtifactFile(entry.name) && isShard(basename(folder))
}

/** Calls `visit` with the entries of a folder, until it returns `false`. */
async function forEachEntry(
  gate: FileGate,
  folder: string,
  visit: (entry: Dirent) => boolean,
): Promise<void> {
  await gate.use(
    () => opendir(folder),
    async (opened) => {
      for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
        if (!visit(entry)) return
      }
    },
  )
}

async function entriesIn(gate: FileGate, folder: string): Promise<Dirent[]> {
  const reading = gate.whileShort(() => readdir(folder, { withFileTypes: true }))
  return (await reading.catch(ifMissing)) ?? []
}
