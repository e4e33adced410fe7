import type { ArtifactKey, FoundArtifact } from '@harborage/artifacts'
import { removeIfThere, syncApplied, syncUpwards } from './durable-files.ts'
import type { RemovalTools } from './folder-removal.ts'
import { removeIfStill } from './generations.ts'
import { isRealFolder } from './is-real-folder.ts'
import { locate, type ArtifactPlace } from './layout.ts'
import type { OpenedRoot } from './opened-root.ts'
import { isFileThere } from './read-folder.ts'
import { identify } from './ready-folders.ts'

/** Removes the files of single artifacts. */
export class FileRemoval {
  readonly #tools: RemovalTools
  readonly #opened: OpenedRoot

  constructor(tools: RemovalTools, opened: OpenedRoot) {
    this.#tools = tools
    this.#opened = opened
  }

  /** Removes an artifact durably, and resolves to whether it was there. */
  remove(key: ArtifactKey): Promise<boolean> {
    return this.#remove(key, removeIfThere)
  }

  /**
   * Removes an artifact durably if it still has the dates with which it was found. Resolves to
   * whether it had them.
   */
  removeFound(found: FoundArtifact): Promise<boolean> {
    const { gate, temporary } = this.#tools
    return this.#remove(found, (file) => removeIfStill(gate, temporary, file, found))
  }

  async #remove(key: ArtifactKey, remove: (file: string) => Promise<boolean>): Promise<boolean> {
    const { root, temporary } = this.#tools
    const at = locate(root, key)
    if (at === undefined) return false
    const before = (await isRealFolder(root, at.folder)) ? await identify(at.folder) : undefined
    const isRemoved =
      before !== undefined && (await isFileThere(at.file)) && (await remove(at.file))
    // Even if it was already gone: the process that removed it may not have synchronized that yet.
    await this.#syncRemoval(at, before)
    await temporary.removeLeft()
    if (!isRemoved) await this.#opened.assertThere()
    return isRemoved
  }

  /** Removes folders that are empty now, and makes the removal of an artifact durable. */
  async #syncRemoval({ folder, place }: ArtifactPlace, before: string | undefined): Promise<void> {
    const { root, gate, empty } = this.#tools
    if (before !== undefined && before === (await identify(folder))) {
      const kept = await empty.removeLast(folder, place)
      if (await syncApplied(gate, kept)) return
    }
    // Others removed the folder, and may have created another.
    await syncUpwards(gate, root, folder)
  }
}
