import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a folder holds: the names, and of each file what is in it. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const entries = names.map(async (name) => [
    name,
    (await readFile(join(folder, name))).toString('base64'),
  ])
  return Object.fromEntries((await Promise.all(entries)) as [string, string][])
}
