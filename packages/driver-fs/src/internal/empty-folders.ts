import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeIfEmpty, removeIfThere } from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { ensureNamedFolder, NAME_FILE } from './folder-names.ts'
import { ifMissing } from './fs-errors.ts'
import { artifactsFolder, folderOf } from './layout.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/**
 * Removes folders that hold nothing any more. What goes is decided by the file system, which
 * removes no folder that holds something: a put that comes in between either keeps its folder, or
 * finds it gone and makes it anew. A folder has to lose its name first, and gets it back if it
 * cannot go. If the process is killed just then, the name is found again in what the folder holds.
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
   * Removes a last folder and those of its place that hold nothing then, from below, and returns
   * the lowest that stays. It never fails: what cannot be removed stays.
   */
  async removeLast(folder: string, place: readonly string[]): Promise<string> {
    const isGone = await removeIfEmpty(folder).catch(() => false)
    return isGone ? this.removePlace(place) : folder
  }

  /** As {@link removeLast}, of a place itself. */
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

  /** Looks at no more than it has to: a user may have very many sessions. */
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
