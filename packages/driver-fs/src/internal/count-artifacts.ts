import { opendir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FileGate } from './file-gate.ts'
import { isArtifactFile, isShard } from './layout.ts'

/**
 * How many artifacts lie below a folder. No link is followed, and of the files no list is held in
 * memory.
 */
export async function countArtifacts(gate: FileGate, folder: string): Promise<number> {
  let count = 0
  const below: string[] = []
  await gate.use(
    () => opendir(folder),
    async (opened) => {
      for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
        if (entry.isDirectory()) below.push(join(folder, entry.name))
        else if (entry.isFile() && isArtifactFile(entry.name) && isShard(basename(folder))) {
          count += 1
        }
      }
    },
  )
  // Once it is closed: a folder that waits for those below it would be held open for nothing.
  for (const path of below) count += await countArtifacts(gate, path)
  return count
}
