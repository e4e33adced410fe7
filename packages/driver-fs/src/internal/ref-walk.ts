import { join } from 'node:path'
import type { ArtifactPage, ArtifactRef } from '@harborage/artifacts'
import { compareNames } from '@harborage/core/kit'
import type { EmptyFolders } from './empty-folders.ts'
import type { FileGate } from './file-gate.ts'
import type { FolderNames, NamedFolder } from './folder-names.ts'
import {
  artifactsFolder,
  digestOf,
  digitsOf,
  isArtifactFile,
  isShard,
  LEVELS,
  placeOf,
  shardOf,
} from './layout.ts'
import { foldersIn, isFolder, isLeftOver, namesIn } from './read-folder.ts'

/** A found file of an artifact, with the texts and digits that its ref must have. */
export interface FoundFile {
  readonly path: string
  /** The texts of the folders, from the root downward. */
  readonly place: readonly string[]
  readonly digits: string
}

/** The parts of the driver that a walk needs. */
export interface WalkTools {
  readonly root: string
  readonly gate: FileGate
  readonly names: FolderNames
  readonly empty: EmptyFolders
}

/** Walks the files of artifacts in the order of their refs. */
export class RefWalk {
  readonly #tools: WalkTools
  readonly #page: ArtifactPage

  constructor(tools: WalkTools, page: ArtifactPage) {
    this.#tools = tools
    this.#page = page
  }

  /** Yields the files from the start of the page on. */
  async *files(): AsyncGenerator<FoundFile, void> {
    const { after } = this.#page
    const root = artifactsFolder(this.#tools.root)
    if (await isFolder(root)) {
      yield* this.#below(root, [], after === undefined ? undefined : placeOf(after))
    }
  }

  /*
   * * Yields the files below a folder.
   *
   * @param after The texts of the last ref's folders while on its path, or `undefined` beyond
   * it.
   */
  async *#below(
    folder: string,
    place: readonly string[],
    after: readonly string[] | undefined,
  ): AsyncGenerator<FoundFile, void> {
    const level = LEVELS[place.length]
    if (level === undefined) {
      yield* this.#filesIn(folder, place, after === undefined ? '' : this.#afterDigits())
      return
    }
    const bound = after?.[place.length]
    const folders = await this.#foldersAt(folder, place.length, this.#page[level])
    if (folders.length === 0) await this.#removeLeftOver(folder, place)
    for (const { text, path } of folders) {
      const order = bound === undefined ? 1 : compareNames(text, bound)
      if (order >= 0) yield* this.#below(path, [...place, text], order === 0 ? after : undefined)
    }
  }

  async #foldersAt(
    folder: string,
    level: number,
    wanted: string | undefined,
  ): Promise<readonly NamedFolder[]> {
    if (wanted === undefined) return this.#tools.names.namedFoldersIn(folder, level)
    const path = join(folder, digestOf(wanted))
    return (await isFolder(path)) ? [{ text: wanted, path }] : []
  }

  async *#filesIn(
    folder: string,
    place: readonly string[],
    afterDigits: string,
  ): AsyncGenerator<FoundFile, void> {
    const { gate } = this.#tools
    const shards = await foldersIn(gate, folder, isShard)
    if (shards.length === 0) await this.#removeLeftOver(folder, place)
    for (const shard of shards) {
      if (shard < shardOf(afterDigits)) continue
      const path = join(folder, shard)
      const files = await namesIn(gate, path, isArtifactFile)
      if (files.length === 0) await this.#removeLeftOverShard(path, place)
      for (const digits of files) {
        if (digits > afterDigits) yield { path: join(path, digits), place, digits }
      }
    }
  }

  /**
   * Removes an empty folder that was left behind, which every list would otherwise walk again.
   */
  async #removeLeftOver(folder: string, place: readonly string[]): Promise<void> {
    const { empty } = this.#tools
    if (await isLeftOver(folder)) await empty.removePlace(place)
  }

  async #removeLeftOverShard(path: string, place: readonly string[]): Promise<void> {
    const { empty } = this.#tools
    if (await isLeftOver(path)) await empty.removeLast(path, place)
  }

  #afterDigits(): string {
    return digitsOf(this.#page.after?.id ?? '')
  }
}

/** Returns the next items of a walk. */
export async function take<Item>(walk: AsyncGenerator<Item>, count: number): Promise<Item[]> {
  const items: Item[] = []
  while (items.length < count) {
    const next = await walk.next()
    if (next.done === true) break
    items.push(next.value)
  }
  return items
}

/** The remaining files of a walk. */
type Files = AsyncGenerator<FoundFile, void>

/**
 * Keeps walks between two pages by the last ref that they returned, for as long as that ref is
 * referenced. A page after that ref continues the walk, which has already read the names of its
 * folders.
 */
export class UnfinishedWalks {
  readonly #walks = new WeakMap<
    ArtifactRef,
    { readonly page: ArtifactPage; readonly files: Files }
  >()

  /** Keeps a walk by its last ref. */
  keep(last: ArtifactRef, page: ArtifactPage, files: Files): void {
    this.#walks.set(last, { page, files })
  }

  /** Removes and returns the walk at whose place the page begins, if there is one. */
  take(page: ArtifactPage): Files | undefined {
    if (page.after === undefined) return undefined
    const walk = this.#walks.get(page.after)
    this.#walks.delete(page.after)
    return walk !== undefined && isSameFilter(walk.page, page) ? walk.files : undefined
  }
}

function isSameFilter(left: ArtifactPage, right: ArtifactPage): boolean {
  return LEVELS.every((level) => left[level] === right[level])
}
