import { join } from 'node:path'
import { HarborageError } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import { readExactly, readFacts } from './artifact-file.ts'
import {
  ensureFolder,
  linkIfFree,
  readIfThere,
  removeIfEmpty,
  syncFolder,
  writeNewFile,
} from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { digestOf, isArtifactFile, isNamedFolder, isShard, placeOf } from './layout.ts'
import { foldersIn, isFileThere, isLeftOver, namesIn } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { removeTemporary } from './unremoved.ts'

/** The name of the file in a folder with the text whose digest is the folder's name. */
export const NAME_FILE = 'name'

/** The longest text of a folder, in bytes. */
const MAX_NAME_BYTES = 256

/** The number of cached texts: a few megabytes at most. */
const MAX_REMEMBERED = 10_000

/** A folder and the text whose digest is its name. */
export interface NamedFolder {
  readonly text: string
  readonly path: string
}

/**
 * Creates the folder of a text with its name file. It is durable once its parent is
 * synchronized.
 */
export async function ensureNamedFolder(
  gate: FileGate,
  path: string,
  text: string,
  temporary: TemporaryFolder,
): Promise<void> {
  await ensureFolder(path)
  const name = join(path, NAME_FILE)
  if (!(await isFileThere(name))) {
    const written = await temporary.next()
    try {
      await writeNewFile(gate, written, [Buffer.from(text)])
      await linkIfFree(written, name)
    } finally {
      await removeTemporary(gate, written)
    }
  }
  await syncFolder(gate, path)
}

/** A cache of the texts of folders. A digest never changes its text. */
export class FolderNames {
  readonly #gate: FileGate
  readonly #temporary: TemporaryFolder
  readonly #texts = new Map<string, string>()

  constructor(gate: FileGate, temporary: TemporaryFolder) {
    this.#gate = gate
    this.#temporary = temporary
  }

  /**
   * Resolves to the folders in a folder, sorted by the bytes of their texts. Skips a
   * folder without a name file and artifacts: it is new or left over.
   *
   * @param level The number of folders above them that have texts.
   */
  async namedFoldersIn(parent: string, level: number): Promise<NamedFolder[]> {
    const folders: NamedFolder[] = []
    for (const digest of await foldersIn(this.#gate, parent, isNamedFolder)) {
      const path = join(parent, digest)
      const text = this.#texts.get(digest) ?? (await this.#findOut(path, digest, level))
      if (text !== undefined) folders.push({ text, path })
      // It stays if it has content by now.
      else if (await isLeftOver(path)) await removeIfEmpty(path).catch(() => {})
    }
    return folders.sort((left, right) => compareNames(left.text, right.text))
  }

  async #findOut(path: string, digest: string, level: number): Promise<string | undefined> {
    const text = (await this.#read(path, digest)) ?? (await this.#recover(path, digest, level))
    if (text !== undefined) this.#remember(digest, text)
    return text
  }

  async #read(path: string, digest: string): Promise<string | undefined> {
    return readIfThere(this.#gate, join(path, NAME_FILE), async (file) => {
      const { size } = await file.stat()
      const bytes = await readExactly(file, 0, Math.min(size, MAX_NAME_BYTES))
      const text = Buffer.from(bytes).toString()
      if (digestOf(text) !== digest) throw lostName()
      return text
    })
  }

  /** Recovers a lost name from an artifact, which contains its whole place, and writes it again. */
  async #recover(path: string, digest: string, level: number): Promise<string | undefined> {
    const text = await this.#textBelow(path, level)
    if (text === undefined) return undefined
    if (digestOf(text) !== digest) throw lostName()
    // For other processes. A process that may not write still has the text.
    await ensureNamedFolder(this.#gate, path, text, this.#temporary).catch(() => {})
    return text
  }

  async #textBelow(path: string, level: number): Promise<string | undefined> {
    for (const shard of await foldersIn(this.#gate, path, isShard)) {
      for (const name of await namesIn(this.#gate, join(path, shard), isArtifactFile)) {
        const text = await readIfThere(this.#gate, join(path, shard, name), async (file) => {
          const { ref } = await readFacts(file)
          return placeOf(ref)[level]
        })
        if (text !== undefined) return text
      }
    }
    for (const folder of await foldersIn(this.#gate, path, isNamedFolder)) {
      const text = await this.#textBelow(join(path, folder), level)
      if (text !== undefined) return text
    }
    return undefined
  }

  #remember(digest: string, text: string): void {
    this.#texts.set(digest, text)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > MAX_REMEMBERED && oldest !== undefined) this.#texts.delete(oldest)
  }
}

function lostName(): HarborageError {
  return new HarborageError(
    'artifact_corrupt',
    'the file "name" of a folder is damaged or lost: restore it from a backup',
  )
}
