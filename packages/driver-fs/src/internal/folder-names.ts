import { join } from 'node:path'
import { compareNames } from '@harborage/core'
import { corrupt, readExactly } from './artifact-file.ts'
import {
  ensureFolder,
  linkIfFree,
  openIfThere,
  removeIfThere,
  syncFolder,
  writeNewFile,
} from './durable-files.ts'
import { digestOf, isNamedFolder } from './layout.ts'
import { foldersIn } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** The file in a folder that says for which text the folder's name is the digest. */
const NAME_FILE = 'name'

/** The longest text that names a folder, in bytes. */
const MAX_NAME_BYTES = 256

/** How many texts are remembered: a few megabytes at most. */
const MAX_REMEMBERED = 10_000

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
  const written = await temporary.next()
  try {
    await writeNewFile(written, [Buffer.from(text)])
    await linkIfFree(written, join(path, NAME_FILE))
  } finally {
    await removeIfThere(written)
  }
  await syncFolder(path)
  await syncFolder(parent)
}

/** The texts of folders, which are read once: a digest never stands for another text. */
export class FolderNames {
  readonly #texts = new Map<string, string>()

  /** The folders of texts below a folder, by the bytes of their texts. One without a name holds nothing yet. */
  async foldersIn(parent: string): Promise<NamedFolder[]> {
    const folders: NamedFolder[] = []
    for (const digest of await foldersIn(parent, isNamedFolder)) {
      const path = join(parent, digest)
      const text = this.#texts.get(digest) ?? (await this.#read(path, digest))
      if (text !== undefined) folders.push({ text, path })
    }
    return folders.sort((left, right) => compareNames(left.text, right.text))
  }

  async #read(path: string, digest: string): Promise<string | undefined> {
    const file = await openIfThere(join(path, NAME_FILE))
    if (file === undefined) return undefined
    try {
      const { size } = await file.stat()
      const text = Buffer.from(
        await readExactly(file, 0, Math.min(size, MAX_NAME_BYTES)),
      ).toString()
      if (digestOf(text) !== digest) throw corrupt()
      this.#remember(digest, text)
      return text
    } finally {
      await file.close()
    }
  }

  #remember(digest: string, text: string): void {
    this.#texts.set(digest, text)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > MAX_REMEMBERED && oldest !== undefined) this.#texts.delete(oldest)
  }
}
