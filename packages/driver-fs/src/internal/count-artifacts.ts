import { opendir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isArtifactFile, isShard } from './layout.ts'

/** How many artifacts lie below a folder. No link is followed, and no folder is held in memory as a whole. */
export async function countArtifacts(folder: string): Promise<number> {
  let count = 0
  for await (const entry of await opendir(folder)) {
    if (entry.isDirectory()) count += await countArtifacts(join(folder, entry.name))
    else if (entry.isFile() && isArtifactFile(entry.name) && isShard(basename(folder))) count += 1
  }
  return count
}
