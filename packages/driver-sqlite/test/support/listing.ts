import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns the names in a folder, with the content of each file. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const entries = names.map(async (name) => [
    name,
    (await readFile(join(folder, name))).toString('base64'),
  ])
  return Object.fromEntries((await Promise.all(entries)) as [string, string][])
}
