import { join } from 'node:path'
import type { ArtifactPage } from '@harborage/artifacts'
import { compareNames } from '@harborage/core'
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
import { foldersIn, isFolder, namesIn } from './read-folder.ts'

/** Where an artifact's file is, by its path and by the texts and digits that its ref must have. */
export interface FoundFile {
  readonly path: string
  /** The texts of the folders from the root downwards. */
  readonly place: readonly string[]
  readonly digits: string
}

/** Walks the files of artifacts, ordered as their refs are. */
export class RefWalk {
  readonly #root: string
  readonly #names: FolderNames
  readonly #page: ArtifactPage

  constructor(root: string, names: FolderNames, page: ArtifactPage) {
    this.#root = root
    this.#names = names
    this.#page = page
  }

  /** Files from the place of the page on. */
  async *files(): AsyncGenerator<FoundFile, void> {
    const { after } = this.#page
    const root = artifactsFolder(this.#root)
    if (await isFolder(root)) {
      yield* this.#below(root, [], after === undefined ? undefined : placeOf(after))
    }
  }

  /** @param after The texts of the last ref's folders on the way to it; `undefined` once past it. */
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
    for (const { text, path } of await this.#foldersAt(folder, this.#page[level])) {
      const order = bound === undefined ? 1 : compareNames(text, bound)
      if (order >= 0) yield* this.#below(path, [...place, text], order === 0 ? after : undefined)
    }
  }

  async #foldersAt(folder: string, wanted: string | undefined): Promise<readonly NamedFolder[]> {
    if (wanted === undefined) return this.#names.namedFoldersIn(folder)
    const path = join(folder, digestOf(wanted))
    return (await isFolder(path)) ? [{ text: wanted, path }] : []
  }

  async *#filesIn(
    folder: string,
    place: readonly string[],
    afterDigits: string,
  ): AsyncGenerator<FoundFile, void> {
    for (const shard of await foldersIn(folder, isShard)) {
      if (shard < shardOf(afterDigits)) continue
      for (const digits of await namesIn(join(folder, shard), isArtifactFile)) {
        if (digits > afterDigits) yield { path: join(folder, shard, digits), place, digits }
      }
    }
  }

  #afterDigits(): string {
    return digitsOf(this.#page.after?.id ?? '')
  }
}
