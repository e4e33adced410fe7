import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Returns the type, permissions and content of each path below a folder. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const paths = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of paths.toSorted((left, right) => compare(pathOf(left), pathOf(right)))) {
    const path = pathOf(entry)
    const { mode } = await lstat(path)
    found[relative(folder, path)] = `${(mode & 0o777).toString(8)} ${await contentOf(path)}`
  }
  return found
}

async function contentOf(path: string): Promise<string> {
  const status = await lstat(path)
  if (status.isSymbolicLink()) return `link to ${await readlink(path)}`
  return status.isFile() ? `file of ${await readFile(path, 'base64')}` : 'folder'
}

function pathOf({ parentPath, name }: { parentPath: string; name: string }): string {
  return join(parentPath, name)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : 1
}
