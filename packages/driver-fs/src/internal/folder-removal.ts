import { join } from 'node:path'
import type { DeleteBatch, DeletedBatch } from '@harborage/artifacts'
import { HarborageError, type Subtree } from '@harborage/core'
import { moveIfThere, syncApplied, syncUpwards } from './durable-files.ts'
import type { EmptyFolders } from './empty-folders.ts'
import type { FileGate } from './file-gate.ts'
import { ifMissing } from './fs-errors.ts'
import { isRealFolder } from './is-real-folder.ts'
import { folderOf, isNamedFolder } from './layout.ts'
import { countArtifacts, foldersIn, isFolder } from './read-folder.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { removeTemporary } from './unremoved.ts'

/** The parts of the driver that a removal needs. */
export interface RemovalTools {
  readonly root: string
  readonly gate: FileGate
  readonly temporary: TemporaryFolder
  readonly empty: EmptyFolders
}

/** Removes the folders of sessions, users and tenants with all artifacts in them. */
export class FolderRemoval {
  readonly #tools: RemovalTools

  constructor(tools: RemovalTools) {
    this.#tools = tools
  }

  /** Removes a session in one step, durably, and resolves to the number of its artifacts. */
  async removeSession({ tenantId, userId, sessionId }: Subtree<'session'>): Promise<number> {
    const { root, temporary } = this.#tools
    const folder = folderOf(root, [tenantId, userId, sessionId])
    const count = await this.#remove(folder, [tenantId, userId])
    await temporary.finishRemoval(folder)
    return count
  }

  /**
   * Removes the next sessions of a user, or the next users of a tenant, in the order of their
   * folders: each one in one step, until that were enough artifacts. No name is read, so a damaged
   * one is no obstacle.
   */
  async removeBatch({ subtree, after = '', limit }: DeleteBatch): Promise<DeletedBatch> {
    const { root, gate, temporary, empty } = this.#tools
    const place = placeOf(subtree)
    const folder = folderOf(root, place)
    const isThere = await isRealFolder(root, folder)
    const names = isThere ? await foldersIn(gate, folder, isNamedFolder) : []
    let deleted = 0
    for (const name of names.filter((each) => each > after)) {
      deleted += await this.#remove(join(folder, name), place)
      if (deleted < limit || name === names.at(-1)) continue
      await temporary.finishRemoval(folder)
      return { deleted, last: name }
    }
    // Also if there was nothing in it, or another process removed it and has not synchronized that.
    await this.#syncRemoved(await empty.removePlace(place))
    await temporary.finishRemoval(folder)
    await temporary.finishAbandoned()
    return { deleted, last: undefined }
  }

  /** Resolves to the number of artifacts of a user or a tenant. */
  async count(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const { root, gate } = this.#tools
    const folder = folderOf(root, placeOf(subtree))
    // Others may remove folders meanwhile.
    return (await isRealFolder(root, folder)) ? countArtifacts(gate, folder, ifMissing) : 0
  }

  /**
   * Removes a folder in one step, durably, and resolves to the number of its artifacts.
   *
   * @param above The texts of the folders above it, from the root downward.
   */
  async #remove(folder: string, above: readonly string[]): Promise<number> {
    const { root, gate, temporary } = this.#tools
    const parent = folderOf(root, above)
    const isThere = (await isRealFolder(root, parent)) && (await isFolder(folder))
    // Moved atomically, so that others see all of it or nothing. After a crash it is removed like
    // any temporary file.
    const removed = isThere ? await temporary.next() : undefined
    if (removed !== undefined && (await moveIfThere(folder, removed))) {
      return this.#removeMoved(removed, folder, above)
    }
    // The process that removed it may not have synchronized that yet.
    await syncUpwards(gate, root, parent)
    return 0
  }

  /** Makes the removal of a folder durable, then counts its moved artifacts and deletes them. */
  async #removeMoved(removed: string, origin: string, above: readonly string[]): Promise<number> {
    const { gate, empty } = this.#tools
    try {
      await this.#syncRemoved(await empty.removePlace(above))
      return await this.#count(removed)
    } finally {
      await removeTemporary(gate, removed, origin)
    }
  }

  /**
   * Makes a removal durable.
   *
   * @param kept The lowest folder that is left.
   */
  async #syncRemoved(kept: string): Promise<void> {
    const { root, gate } = this.#tools
    const isSynced = await syncApplied(gate, kept)
    if (!isSynced) await syncUpwards(gate, root, kept)
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
        'artifacts were removed, but they could not be counted: repeat the call to make sure that nothing is left of them',
        { cause },
      )
    }
  }
}

function placeOf({ level, tenantId, userId }: Subtree<'user' | 'tenant'>): readonly string[] {
  return level === 'tenant' ? [tenantId] : [tenantId, userId]
}
