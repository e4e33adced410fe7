import { join } from 'node:path'
import type { RunIdentity } from '@harborage/core'
import { compareNames, type DirectoryPage } from '@harborage/core/kit'
import type { FileGate } from './file-gate.ts'
import type { FolderNames, NamedFolder } from './folder-names.ts'
import { artifactsFolder, digestOf } from './layout.ts'
import { holdsArtifact, isFolder } from './read-folder.ts'

/** The parts of the driver that a walk over owners needs. */
interface Tools {
  readonly root: string
  readonly gate: FileGate
  readonly names: FolderNames
}

/** The number of levels of folders that the owners of a level have. */
const DEPTHS = { tenant: 1, user: 2, session: 3, run: 4 } as const

/** Walks the tenants, users or sessions that have an artifact, in the order of their names. */
export class OwnerWalk {
  readonly #tools: Tools
  readonly #page: DirectoryPage

  constructor(tools: Tools, page: DirectoryPage) {
    this.#tools = tools
    this.#page = page
  }

  /** Yields the owners from the start of the page on. */
  async *owners(): AsyncGenerator<Required<RunIdentity>, void> {
    const root = artifactsFolder(this.#tools.root)
    const { after } = this.#page
    if (await isFolder(root)) yield* this.#below(root, [], after && textsOf(after))
  }

  /**
   * Yields the owners below a folder.
   *
   * @param after The texts of the last owner of the previous page, while on its path.
   */
  async *#below(
    folder: string,
    place: readonly string[],
    after: readonly string[] | undefined,
  ): AsyncGenerator<Required<RunIdentity>, void> {
    const isLast = place.length + 1 === DEPTHS[this.#page.level]
    for (const { text, path } of await this.#foldersAt(folder, place.length)) {
      const from = after === undefined ? 1 : compareNames(text, after[place.length] ?? '')
      if (from < 0) continue
      const below = [...place, text]
      if (!isLast) yield* this.#below(path, below, from === 0 ? after : undefined)
      else if (from > 0 && text !== '' && (await holdsArtifact(this.#tools.gate, path))) {
        yield ownerOf(below)
      }
    }
  }

  /** Resolves to the folders of a level in their order: all, or only the one that is wanted. */
  async #foldersAt(folder: string, level: number): Promise<readonly NamedFolder[]> {
    const wanted = textsOf(this.#page.within)[level] ?? ''
    if (wanted === '') return this.#tools.names.namedFoldersIn(folder, level)
    const path = join(folder, digestOf(wanted))
    return (await isFolder(path)) ? [{ text: wanted, path }] : []
  }
}

/** Returns whether two pages are of one walk. */
export function isSameWalk(left: DirectoryPage, right: DirectoryPage): boolean {
  const wanted = textsOf(right.within)
  return (
    left.level === right.level &&
    textsOf(left.within).every((text, level) => text === wanted[level])
  )
}

function textsOf({ tenantId, userId, sessionId }: RunIdentity): readonly string[] {
  return [tenantId, userId, sessionId]
}

function ownerOf([
  tenantId = '',
  userId = '',
  sessionId = '',
]: readonly string[]): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId: '' }
}
