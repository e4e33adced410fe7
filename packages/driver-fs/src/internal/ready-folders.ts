import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import { ensureFolder, syncFolder } from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { ifMissing } from './fs-errors.ts'
import { ensureNamedFolder } from './folder-names.ts'
import { isRealFolder } from './is-real-folder.ts'
import { artifactsFolder, digestOf, folderOf } from './layout.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/**
 * The number of remembered folders. Above it the oldest are forgotten, and checked again when
 * needed.
 */
const MAX_REMEMBERED = 10_000

/**
 * Ensures that folders exist durably, up to the root. It remembers them by their identity,
 * since another process may remove a folder and create it again.
 */
export class ReadyFolders {
  readonly #root: string
  readonly #gate: FileGate
  readonly #temporary: TemporaryFolder
  readonly #ready = new Map<string, string>()

  constructor(root: string, gate: FileGate, temporary: TemporaryFolder) {
    this.#root = root
    this.#gate = gate
    this.#temporary = temporary
  }

  /**
   * Ensures that the folder `shard` of a place exists. Resolves to its path, or to `undefined`
   * if others removed a part of it.
   */
  async ensure(place: readonly string[], shard: string): Promise<string | undefined> {
    const folder = join(folderOf(this.#root, place), shard)
    if (await this.isReady(folder)) return folder
    try {
      if (!(await this.#ensurePlace(place, folder))) return undefined
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
    return (await isRealFolder(this.#root, folder)) ? folder : undefined
  }

  /** Returns whether a folder is still the one that was ensured. */
  async isReady(folder: string): Promise<boolean> {
    const remembered = this.#ready.get(folder)
    return remembered !== undefined && remembered === (await identify(folder))
  }

  /**
   * Ensures the folders of a place, from the root downward, and the innermost one. Resolves to
   * `false` if one is gone.
   */
  async #ensurePlace(place: readonly string[], last: string): Promise<boolean> {
    let parent = artifactsFolder(this.#root)
    await this.#ensureIn(this.#root, parent, () => ensureFolder(parent))
    for (const text of place) {
      const folder = join(parent, digestOf(text))
      const make = (): Promise<void> => ensureNamedFolder(this.#gate, folder, text, this.#temporary)
      if (!(await this.#ensureIn(parent, folder, make))) return false
      parent = folder
    }
    return this.#ensureIn(parent, last, () => ensureFolder(last))
  }

  /** Creates a folder durably, unless it is ready. Resolves to `false` if its parent is gone. */
  async #ensureIn(parent: string, folder: string, make: () => Promise<void>): Promise<boolean> {
    if (await this.isReady(folder)) return true
    if (parent !== this.#root && !(await isRealFolder(this.#root, parent))) return false
    await make()
    // Read before synchronizing: it may be another folder afterward.
    const identity = await identify(folder)
    await syncFolder(this.#gate, parent)
    if (identity !== undefined) this.#remember(folder, identity)
    return true
  }

  #remember(folder: string, identity: string): void {
    this.#ready.set(folder, identity)
    const [oldest] = this.#ready.keys()
    if (this.#ready.size > MAX_REMEMBERED && oldest !== undefined) this.#ready.delete(oldest)
  }
}

/**
 * Resolves to the identity of a file or a folder, which differs from that of a later one with the
 * same path, or to `undefined` if there is none.
 */
export async function identify(folder: string): Promise<string | undefined> {
  const found = await stat(folder, { bigint: true }).catch(ifMissing)
  return found && identityOf(found)
}

/** Returns the identity in the status of a file or a folder. */
export function identityOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}-${ino}-${birthtimeNs}`
}
