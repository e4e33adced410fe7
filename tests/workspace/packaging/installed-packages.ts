import { readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

/**
 * Resolves to the real folders of every package under a project's node_modules, by name. One that
 * is there twice has two folders; links to one and the same folder count once.
 */
export async function installedPackages(
  project: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>()
  const entries = await readdir(join(project, 'node_modules'), {
    recursive: true,
    withFileTypes: true,
  })
  for (const entry of entries) {
    if (entry.name !== 'package.json') continue
    const name = packageName(entry.parentPath)
    if (name === undefined) continue
    const folder = await realpath(entry.parentPath)
    found.set(name, (found.get(name) ?? new Set()).add(folder))
  }
  return found
}

function packageName(folder: string): string | undefined {
  const parts = folder.split(sep)
  const last = parts.lastIndexOf('node_modules')
  const name = parts.slice(last + 1)
  const depth = name[0]?.startsWith('@') ? 2 : 1
  return last !== -1 && name.length === depth ? name.join('/') : undefined
}
