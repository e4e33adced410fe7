import { join } from 'node:path'
import { ArtifactCorruptError, compareNames } from '@harborage/core'
import { readExactly } from './artifact-file.ts'
import {
  ensureFolder,
  linkIfFree,
  openIfThere,
  removeTemporary,
  syncFolder,
  writeNewFile,
} from './durable-files.ts'
import { digestOf, isNamedFolder, isShard } from './layout.ts'
import { foldersIn, isFileThere, namesIn } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** The file in a folder that says for which text the folder's name is the digest. */
const NAME_FILE = 'name'

/** The longest text that names a folder, in bytes. */
const MAX_NAME_BYTES = 256

/**
 * How often a name is looked for that is missing while its folder holds something: it is made before anything else is
 * in there, so it is seen at the second look, unless the folder was removed and made anew in between.
 */
const READ_ATTEMPTS = 3

/** How many texts are remembered: a few megabytes at most. */
const MAX_REMEMBERED = 10_000

/** A folder and the text that it stands for. */
export interface NamedFolder {
  readonly text: string
  readonly path: string
}

/** Makes the folder of a text, with its name in it; it is durable once the folder above it is synchronised. */
export async function ensureNamedFolder(
  path: string,
  text: string,
  temporary: TemporaryFolder,
): Promise<void> {
  await ensureFolder(path)
  const name = join(path, NAME_FILE)
  if (!(await isFileThere(name))) {
    const written = await temporary.next()
    try {
      await writeNewFile(written, [Buffer.from(text)])
      await linkIfFree(written, name)
    } finally {
      await removeTemporary(written)
    }
  }
  await syncFolder(path)
}

/** The texts of folders, which are read once: a digest never stands for another text. */
export class FolderNames {
  readonly #texts = new Map<string, string>()

  /** The folders of texts below a folder, by the bytes of their texts. One without a name holds nothing yet. */
  async namedFoldersIn(parent: string): Promise<NamedFolder[]> {
    const folders: NamedFolder[] = []
    for (const digest of await foldersIn(parent, isNamedFolder)) {
      const path = join(parent, digest)
      const text = this.#texts.get(digest) ?? (await this.#findOut(path, digest))
      if (text !== undefined) folders.push({ text, path })
    }
    return folders.sort((left, right) => compareNames(left.text, right.text))
  }

  /** @throws `artifact_corrupt` if the name was lost: a list without what the folder holds would not be complete. */
  async #findOut(path: string, digest: string): Promise<string | undefined> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const text = await this.#read(path, digest)
      if (text !== undefined) return text
      if (!(await holdsFolders(path))) return undefined
    }
    throw lostName()
  }

  async #read(path: string, digest: string): Promise<string | undefined> {
    const file = await openIfThere(join(path, NAME_FILE))
    if (file === undefined) return undefined
    try {
      const { size } = await file.stat()
      const text = Buffer.from(
        await readExactly(file, 0, Math.min(size, MAX_NAME_BYTES)),
      ).toString()
      if (digestOf(text) !== digest) throw lostName()
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

async function holdsFolders(path: string): Promise<boolean> {
  const names = await namesIn(path, (name) => isNamedFolder(name) || isShard(name))
  return names.length > 0
}

function lostName(): ArtifactCorruptError {
  return new ArtifactCorruptError(
    'the file "name" of a folder is damaged or lost: restore it from a backup',
  )
}
