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
 * How many folders are remembered; beyond that the oldest are forgotten, and only made sure of
 * again.
 */
const MAX_REMEMBERED = 10_000

/**
 * Makes sure that folders are there, durably up to the root. What this process made sure of is
 * remembered by the folder's identity, since another process may remove it and make it anew.
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
   * Makes sure of the folder `shard` of a place and gives its path; `undefined` if others removed a
   * part of it.
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

  /** Whether a folder is still the one that was made sure of. */
  async isReady(folder: string): Promise<boolean> {
    const remembered = this.#ready.get(folder)
    return remembered !== undefined && remembered === (await identify(folder))
  }

  /**
   * Makes sure of the folders of a place, from the root downwards, and of the one in it; `false` if
   * one is gone.
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

  /**
   * Makes a folder, unless it is ready, and makes it durable; `false` if the one above it is gone.
   */
  async #ensureIn(parent: string, folder: string, make: () => Promise<void>): Promise<boolean> {
    if (await this.isReady(folder)) return true
    if (parent !== this.#root && !(await isRealFolder(this.#root, parent))) return false
    await make()
    // Asked before it is synchronised: it may be another one afterwards.
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

/** Tells a folder from another one that has its path later. */
export async function identify(folder: string): Promise<string | undefined> {
  const found = await stat(folder, { bigint: true }).catch(ifMissing)
  return found && `${found.dev}-${found.ino}-${found.birthtimeNs}`
}
