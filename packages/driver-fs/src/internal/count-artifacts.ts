import { basename } from 'node:path'
import { readdir } from 'node:fs/promises'

/** How many artifacts lie below a folder. */
export async function countArtifacts(folder: string): Promise<number> {
  let count = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && /^[0-9a-f]{2}$/.test(basename(entry.parentPath))) count += 1
  }
  return count
}
