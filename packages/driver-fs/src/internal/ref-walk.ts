import { join } from 'node:path'
import type { ArtifactPage } from '@harborage/artifacts'
import { compareNames } from '@harborage/core/kit'
import type { EmptyFolders } from './empty-folders.ts'
import type { FileGate } from './file-gate.ts'
import type { FolderNames, NamedFolder } from './folder-names.ts'
import { isLeftOver } from './is-left-over.ts'
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
import { foldersIn, isFolder, namesIn } from './read-folder.ts'

/** Where an artifact's file is, by its path and by the texts and digits that its ref must have. */
export interface FoundFile {
  readonly path: string
  /** The texts of the folders from the root downwards. */
  readonly place: readonly string[]
  readonly digits: string
}

/** What a walk needs of the driver. */
export interface WalkTools {
  readonly root: string
  readonly gate: FileGate
  readonly names: FolderNames
  readonly empty: EmptyFolders
}

/** Walks the files of artifacts, ordered as their refs are. */
export class RefWalk {
  readonly #tools: WalkTools
  readonly #page: ArtifactPage

  constructor(tools: WalkTools, page: ArtifactPage) {
    this.#tools = tools
    this.#page = page
  }

  /** Files from the place of the page on. */
  async *files(): AsyncGenerator<FoundFile, void> {
    const { after } = this.#page
    const root = artifactsFolder(this.#tools.root)
    if (await isFolder(root)) {
      yield* this.#below(root, [], after === undefined ? undefined : placeOf(after))
    }
  }

  /**
   * @param after The texts of the last ref's folders on the way to it; `undefined` once past it.
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

  /** What was left behind would be walked again by every list. */
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
