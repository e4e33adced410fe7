import { HarborageError } from '@harborage/core'
import { moveIfThere, syncApplied, syncUpwards } from './durable-files.ts'
import type { EmptyFolders } from './empty-folders.ts'
import type { FileGate } from './file-gate.ts'
import { isRealFolder } from './is-real-folder.ts'
import { folderOf } from './layout.ts'
import { countArtifacts, isFolder } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { removeTemporary } from './unremoved.ts'

/** The parts of the driver that a removal needs. */
export interface RemovalTools {
  readonly root: string
  readonly gate: FileGate
  readonly temporary: TemporaryFolder
  readonly empty: EmptyFolders
}

/** Removes folders with all artifacts in them. */
export class FolderRemoval {
  readonly #tools: RemovalTools

  constructor(tools: RemovalTools) {
    this.#tools = tools
  }

  /**
   * Removes the folder of a place in one step, durably, and resolves to the number of its
   * artifacts.
   *
   * @param place The texts of the folder and of those above it, from the root downward.
   */
  async remove(place: readonly string[]): Promise<number> {
    const { root, gate, temporary } = this.#tools
    const placeAbove = place.slice(0, -1)
    const above = folderOf(root, placeAbove)
    const folder = folderOf(root, place)
    const isThere = (await isRealFolder(root, above)) && (await isFolder(folder))
    // Moved atomically, so that others see all of it or nothing. After a crash it is removed like
    // any temporary file.
    const removed = isThere ? await temporary.next() : undefined
    let count = 0
    if (removed !== undefined && (await moveIfThere(folder, removed))) {
      count = await this.#removeMoved(removed, folder, placeAbove)
    } else {
      // The process that removed it may not have synchronized that yet.
      await syncUpwards(gate, root, above)
    }
    await temporary.finishRemoval(folder)
    return count
  }

  /** Makes the removal of a folder durable, then counts its moved artifacts and deletes them. */
  async #removeMoved(removed: string, origin: string, above: readonly string[]): Promise<number> {
    const { root, gate, empty } = this.#tools
    try {
      const kept = await empty.removePlace(above)
      const isSynced = await syncApplied(gate, kept)
      if (!isSynced) await syncUpwards(gate, root, kept)
      return await this.#count(removed)
    } finally {
      await removeTemporary(gate, removed, origin)
    }
  }

  /**
   * Counts removed artifacts.
   *
   * @throws `outcome_unknown` if that fails: they are already gone.
   */
  async #count(removed: string): Promise<number> {
    try {
      return await countArtifacts(this.#tools.gate, removed)
    } catch (cause) {
      throw new HarborageError(
        'outcome_unknown',
        'every artifact of the session was removed, but they could not be counted: repeat the call to make sure that nothing is left of them',
        { cause },
      )
    }
  }
}
