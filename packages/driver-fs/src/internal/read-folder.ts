import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileGate } from './file-gate.ts'
import { foreignEntry, ifMissing } from './fs-errors.ts'

/**
 * The folders below a folder whose names are wanted, sorted; none if it is not there. What has
 * another name is passed over, but anything in place of a folder is refused.
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

/** The names in a folder that are wanted, sorted; none if it is not there. */
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

/** Whether a folder is there; anything else in its place is refused. */
export async function isFolder(path: string): Promise<boolean> {
  const status = await lstat(path).catch(ifMissing)
  if (status === undefined || status.isDirectory()) return status !== undefined
  throw foreignEntry(path)
}

/** Whether a file is there; anything else in its place is refused. */
export async function isFileThere(path: string): Promise<boolean> {
  const status = await lstat(path).catch(ifMissing)
  if (status === undefined || status.isFile()) return status !== undefined
  throw foreignEntry(path)
}

async function entriesIn(gate: FileGate, folder: string): Promise<Dirent[]> {
  const reading = gate.whileShort(() => readdir(folder, { withFileTypes: true }))
  return (await reading.catch(ifMissing)) ?? []
}
