import { join } from 'node:path'
import type { ArtifactPage, RefPlace } from '@harborage/artifacts'
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

/** An end of a walk. */
interface End {
  /** The texts of its folders. */
  readonly place: readonly string[]
  readonly digits: string
  /** Whether the walk includes the file with these digits. */
  readonly isIncluded: boolean
}

/** Both ends of a walk in a folder, each one if it is on the path of the folder. */
interface Range {
  readonly start: End | undefined
  readonly end: End | undefined
}

/** Walks the files of artifacts in the order of their refs, or in the reverse order. */
export class RefWalk {
  readonly #tools: WalkTools
  readonly #page: ArtifactPage
  readonly #compare: typeof compareNames

  constructor(tools: WalkTools, page: ArtifactPage) {
    this.#tools = tools
    this.#page = page
    this.#compare =
      page.order === 'descending' ? (left, right) => compareNames(right, left) : compareNames
  }

  /** Yields the files from the start of the page on. */
  async *files(): AsyncGenerator<FoundFile, void> {
    const root = artifactsFolder(this.#tools.root)
    if (await isFolder(root)) yield* this.#below(root, [], rangeOf(this.#page))
  }

  /** Yields the files below a folder. */
  async *#below(
    folder: string,
    place: readonly string[],
    { start, end }: Range,
  ): AsyncGenerator<FoundFile, void> {
    const level = LEVELS[place.length]
    if (level === undefined) {
      yield* this.#filesIn(folder, place, { start, end })
      return
    }
    const folders = await this.#foldersAt(folder, place.length, this.#page[level])
    if (folders.length === 0) await this.#removeLeftOver(folder, place)
    for (const { text, path } of folders) {
      const fromStart = this.#compareWith(text, start?.place[place.length], 1)
      const fromEnd = this.#compareWith(text, end?.place[place.length], -1)
      if (fromEnd > 0) return
      if (fromStart < 0) continue
      yield* this.#below(path, [...place, text], {
        start: fromStart === 0 ? start : undefined,
        end: fromEnd === 0 ? end : undefined,
      })
    }
  }

  async #foldersAt(
    folder: string,
    level: number,
    wanted: string | undefined,
  ): Promise<readonly NamedFolder[]> {
    if (wanted === undefined) {
      return this.#inOrder(await this.#tools.names.namedFoldersIn(folder, level))
    }
    const path = join(folder, digestOf(wanted))
    return (await isFolder(path)) ? [{ text: wanted, path }] : []
  }

  async *#filesIn(
    folder: string,
    place: readonly string[],
    { start, end }: Range,
  ): AsyncGenerator<FoundFile, void> {
    const { gate } = this.#tools
    const [first, last] = [start, end].map((each) => each && shardOf(each.digits))
    const shards = await foldersIn(gate, folder, isShard)
    if (shards.length === 0) await this.#removeLeftOver(folder, place)
    for (const shard of this.#inOrder(shards)) {
      if (this.#compareWith(shard, last, -1) > 0) return
      if (this.#compareWith(shard, first, 1) < 0) continue
      const path = join(folder, shard)
      const files = await namesIn(gate, path, isArtifactFile)
      if (files.length === 0) await this.#removeLeftOverShard(path, place)
      for (const digits of this.#inOrder(files)) {
        const fromStart = this.#compareWith(digits, start?.digits, 1)
        const fromEnd = this.#compareWith(digits, end?.digits, -1)
        if (fromEnd > 0 || (fromEnd === 0 && end?.isIncluded === false)) return
        if (fromStart < 0 || (fromStart === 0 && start?.isIncluded === false)) continue
        yield { path: join(path, digits), place, digits }
      }
    }
  }

  /** Compares a name with that of an end in the order of the walk. Without an end: `none`. */
  #compareWith(name: string, end: string | undefined, none: number): number {
    return end === undefined ? none : this.#compare(name, end)
  }

  /** Returns sorted items in the order of the walk. */
  #inOrder<Item>(sorted: readonly Item[]): readonly Item[] {
    return this.#page.order === 'descending' ? sorted.toReversed() : sorted
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
}

/** Returns both ends of a page, in the order of its walk. */
function rangeOf({ order, after, from, to }: ArtifactPage): Range {
  const [first, last] = order === 'descending' ? [to, from] : [from, to]
  // A lower bound is included, an upper one is not, and the last ref of the previous page neither.
  const isAscending = order === 'ascending'
  return {
    start: endAt(after ?? first, after === undefined && isAscending),
    end: endAt(last, !isAscending),
  }
}

function endAt(at: RefPlace | undefined, isIncluded: boolean): End | undefined {
  return at === undefined ? undefined : { place: placeOf(at), digits: digitsOf(at.id), isIncluded }
}

/** The parts of a page that are the same in all pages of a list. */
const LIST_PARTS = [...LEVELS, 'order', 'from', 'to'] as const

/** Returns whether two pages are of one list. */
export function isSameList(left: ArtifactPage, right: ArtifactPage): boolean {
  return LIST_PARTS.every((part) => left[part] === right[part])
}
