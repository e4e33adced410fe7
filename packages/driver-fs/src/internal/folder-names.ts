import { join } from 'node:path'
import { HarborageError } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import { readExactly, readHeader } from './artifact-file.ts'
import {
  ensureFolder,
  linkIfFree,
  readIfThere,
  removeIfEmpty,
  syncFolder,
  writeNewFile,
} from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { isLeftOver } from './is-left-over.ts'
import { digestOf, isArtifactFile, isNamedFolder, isShard, placeOf } from './layout.ts'
import { foldersIn, isFileThere, namesIn } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { removeTemporary } from './unremoved.ts'

/** The file in a folder that says for which text the folder's name is the digest. */
export const NAME_FILE = 'name'

/** The longest text that names a folder, in bytes. */
const MAX_NAME_BYTES = 256

/** How many texts are remembered: a few megabytes at most. */
const MAX_REMEMBERED = 10_000

/** A folder and the text that it stands for. */
export interface NamedFolder {
  readonly text: string
  readonly path: string
}

/**
 * Makes the folder of a text, with its name in it; it is durable once the folder above it is
 * synchronised.
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

/** The texts of folders, which are read once: a digest never stands for another text. */
export class FolderNames {
  readonly #gate: FileGate
  readonly #temporary: TemporaryFolder
  readonly #texts = new Map<string, string>()

  constructor(gate: FileGate, temporary: TemporaryFolder) {
    this.#gate = gate
    this.#temporary = temporary
  }

  /**
   * The folders of texts below a folder, by the bytes of their texts. One that has neither a name
   * nor an artifact holds nothing yet, or nothing any more.
   *
   * @param level How many folders of texts are above them.
   */
  async namedFoldersIn(parent: string, level: number): Promise<NamedFolder[]> {
    const folders: NamedFolder[] = []
    for (const digest of await foldersIn(this.#gate, parent, isNamedFolder)) {
      const path = join(parent, digest)
      const text = this.#texts.get(digest) ?? (await this.#findOut(path, digest, level))
      if (text !== undefined) folders.push({ text, path })
      // It may hold something by now, and stays then.
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

  /**
   * Every artifact says where it belongs, so a name that was lost is found in one, and put back.
   */
  async #recover(path: string, digest: string, level: number): Promise<string | undefined> {
    const text = await this.#textBelow(path, level)
    if (text === undefined) return undefined
    if (digestOf(text) !== digest) throw lostName()
    // For processes that read it; one that may not write has found it all the same.
    await ensureNamedFolder(this.#gate, path, text, this.#temporary).catch(() => {})
    return text
  }

  async #textBelow(path: string, level: number): Promise<string | undefined> {
    for (const shard of await foldersIn(this.#gate, path, isShard)) {
      for (const name of await namesIn(this.#gate, join(path, shard), isArtifactFile)) {
        const text = await readIfThere(this.#gate, join(path, shard, name), async (file) => {
          const { ref } = await readHeader(file)
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
