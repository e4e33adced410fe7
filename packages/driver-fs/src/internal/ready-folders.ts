import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureFolder, followedLink, syncFolder } from './durable-files.ts'
import { codeOf } from './fs-errors.ts'
import { ensureNamedFolder } from './folder-names.ts'
import { artifactsFolder, digestOf, folderOf } from './layout.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** How many folders are remembered; beyond that the oldest are forgotten, and only made sure of again. */
const MAX_REMEMBERED = 10_000

/**
 * Makes sure that folders are there, durably up to the root. What this process made sure of is remembered by the
 * folder's identity, since another process may remove it and make it anew.
 */
export class ReadyFolders {
  readonly #root: string
  readonly #temporary: TemporaryFolder
  readonly #ready = new Map<string, string>()

  constructor(root: string, temporary: TemporaryFolder) {
    this.#root = root
    this.#temporary = temporary
  }

  /** Makes sure of the folder `shard` of a place and gives its path; `undefined` if others removed a part of it. */
  async ensure(place: readonly string[], shard: string): Promise<string | undefined> {
    const folder = join(folderOf(this.#root, place), shard)
    if (await this.#isReady(folder)) return folder
    try {
      const parent = await this.#ensurePlace(place)
      await refuseLinks(parent)
      await ensureFolder(folder)
      await syncFolder(parent)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
    if (!(await refuseLinks(folder))) return undefined
    await this.#remember(folder)
    return folder
  }

  async #ensurePlace(place: readonly string[]): Promise<string> {
    let folder = artifactsFolder(this.#root)
    if (!(await this.#isReady(folder))) {
      await ensureFolder(folder)
      await syncFolder(this.#root)
      await this.#remember(folder)
    }
    for (const text of place) {
      const parent = folder
      folder = join(parent, digestOf(text))
      if (await this.#isReady(folder)) continue
      await refuseLinks(parent)
      await ensureNamedFolder(parent, text, this.#temporary)
      await this.#remember(folder)
    }
    return folder
  }

  async #isReady(folder: string): Promise<boolean> {
    const remembered = this.#ready.get(folder)
    return remembered !== undefined && remembered === (await identify(folder))
  }

  async #remember(folder: string): Promise<void> {
    const identity = await identify(folder)
    if (identity === undefined) return
    this.#ready.set(folder, identity)
    const [oldest] = this.#ready.keys()
    if (this.#ready.size > MAX_REMEMBERED && oldest !== undefined) this.#ready.delete(oldest)
  }
}

/**
 * Checks that no part of a folder's path below the root is a symbolic link. Gives `false` if the folder is not there.
 *
 * @throws `store_unavailable` if a link leads there.
 */
export async function refuseLinks(folder: string): Promise<boolean> {
  try {
    if ((await realpath(folder)) === folder) return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
  throw followedLink()
}

async function identify(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeNs } = await stat(folder, { bigint: true })
    return `${dev}-${ino}-${birthtimeNs}`
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
