import { readdir, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { TextFile } from '../tools/tool.ts'

const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.turbo',
  'coverage',
  'dist',
  'node_modules',
])
const LARGEST_BYTES = 1024 * 1024

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Returns the paths of all text files below a folder, relative to it, with `/`, sorted. */
export async function listTextFiles(folder: string): Promise<string[]> {
  const paths: string[] = []
  for await (const path of walk(folder, '')) {
    if ((await readTextFile(folder, path)) !== undefined) paths.push(path)
  }
  return paths.sort()
}

/** Reads a file. Resolves to `undefined` if it is empty, large, not text, or unreadable. */
export async function readTextFile(folder: string, path: string): Promise<TextFile | undefined> {
  try {
    const { size } = await stat(join(folder, path))
    if (size === 0 || size > LARGEST_BYTES) return undefined
    const bytes = await readFile(join(folder, path))
    if (bytes.includes(0)) return undefined
    return { path, bytes, text: strictUtf8.decode(bytes) }
  } catch {
    return undefined
  }
}

/**
 * Reads the text files in the folder of a file as one text, each under its name, without
 * subfolders.
 */
export async function readTextFolder(folder: string, path: string): Promise<TextFile | undefined> {
  const below = posix.dirname(path)
  const parts: string[] = []
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => [])
  for (const name of entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()) {
    const file = await readTextFile(folder, posix.join(below, name))
    if (file !== undefined) parts.push(`=== ${name} ===\n${file.text}`)
  }
  const text = parts.join('\n')
  return parts.length === 0 ? undefined : { path: below, bytes: Buffer.from(text), text }
}

/** Lists files without following links, which may lead outside or form loops. */
async function* walk(folder: string, below: string): AsyncGenerator<string> {
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isFile()) yield path
    if (entry.isDirectory() && !IGNORED_FOLDERS.has(entry.name)) yield* walk(folder, path)
  }
}
