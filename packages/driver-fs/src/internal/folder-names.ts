import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { compareNames } from '@harborage/core'
import { ensureFolder, linkIfFree, syncFolder, writeNewFile } from './durable-files.ts'
import { codeOf } from './fs-errors.ts'
import { digestOf } from './layout.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** The file in a folder that says for which text the folder's name is the digest. */
const NAME_FILE = 'name'

/** A folder and the text that it stands for. */
export interface NamedFolder {
  readonly text: string
  readonly path: string
}

/** Makes the folder of a text below another one, durably. */
export async function ensureNamedFolder(
  parent: string,
  text: string,
  temporary: TemporaryFolder,
): Promise<void> {
  const path = join(parent, digestOf(text))
  await ensureFolder(path)
  const written = temporary.next()
  await writeNewFile(written, [Buffer.from(text)])
  try {
    await linkIfFree(written, join(path, NAME_FILE))
  } finally {
    await unlink(written)
  }
  await syncFolder(path)
  await syncFolder(parent)
}

/** The named folders below a folder, ordered by the bytes of their texts. One without a name holds nothing yet. */
export async function namedFoldersIn(parent: string): Promise<NamedFolder[]> {
  const folders: NamedFolder[] = []
  for (const entry of await entriesIn(parent)) {
    if (entry === NAME_FILE) continue
    const path = join(parent, entry)
    const text = await nameOf(path)
    if (text !== undefined) folders.push({ text, path })
  }
  return folders.sort((left, right) => compareNames(left.text, right.text))
}

/** The text that a folder stands for, or `undefined` if it is not there. */
export async function nameOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, NAME_FILE), 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** The names in a folder, sorted; none if it is not there. */
export async function entriesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
