import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns the paths of all artifact files below a root, sorted. */
export async function artifactFiles(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'artifacts'), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'name')
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** Returns the path of the only artifact file below a root. */
export async function onlyArtifactFile(root: string): Promise<string> {
  const [path, ...others] = await artifactFiles(root)
  if (path === undefined || others.length > 0) throw new Error('there is not just one artifact')
  return path
}
