import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeIfEmpty, removeIfThere } from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { ensureNamedFolder, NAME_FILE } from './folder-names.ts'
import { ifMissing } from './fs-errors.ts'
import { artifactsFolder, folderOf } from './layout.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/**
 * Removes empty folders. The file system decides, since it removes only empty ones: a
 * concurrent put either keeps its folder, or finds it gone and creates it again. The name file
 * of a folder has to be removed first, and is restored if the folder cannot be removed. If
 * the process is killed in between, the name is recovered from the content.
 */
export class EmptyFolders {
  readonly #root: string
  readonly #gate: FileGate
  readonly #temporary: TemporaryFolder

  constructor(root: string, gate: FileGate, temporary: TemporaryFolder) {
    this.#root = root
    this.#gate = gate
    this.#temporary = temporary
  }

  /**
   * Removes the innermost folder of a place and then its parents, as far as they are empty.
   * Resolves to the lowest remaining one. Never fails: what cannot be removed stays.
   */
  async removeLast(folder: string, place: readonly string[]): Promise<string> {
    const isGone = await removeIfEmpty(folder).catch(() => false)
    return isGone ? this.removePlace(place) : folder
  }

  /** Removes the folders of a place, as far as they are empty, as {@link removeLast} does. */
  async removePlace(place: readonly string[]): Promise<string> {
    for (let level = place.length; level > 0; level -= 1) {
      const folder = folderOf(this.#root, place.slice(0, level))
      const isGone = await this.#removeNamed(folder, place[level - 1] ?? '').catch(() => false)
      if (!isGone) return folder
    }
    return artifactsFolder(this.#root)
  }

  async #removeNamed(folder: string, text: string): Promise<boolean> {
    if (!(await this.#holdsNothing(folder))) return false
    await removeIfThere(join(folder, NAME_FILE))
    let isGone = false
    try {
      isGone = await removeIfEmpty(folder)
    } finally {
      if (!isGone) await ensureNamedFolder(this.#gate, folder, text, this.#temporary)
    }
    return isGone
  }

  /**
   * Returns whether a folder has nothing but its name file. Stops at the first other entry:
   * there may be very many.
   */
  async #holdsNothing(folder: string): Promise<boolean> {
    const holdsNothing = await this.#gate
      .use(
        () => opendir(folder),
        async (opened) => {
          for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
            if (entry.name !== NAME_FILE) return false
          }
          return true
        },
      )
      .catch(ifMissing)
    return holdsNothing ?? true
  }
}
