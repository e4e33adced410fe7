import type { ArtifactPage, ArtifactRef } from '@harborage/artifacts'
import { LEVELS } from './layout.ts'
import type { FoundFile } from './ref-walk.ts'

/** The files that a walk has still to give. */
type Files = AsyncGenerator<FoundFile, void>

/**
 * Walks between two pages, each by the last ref that it gave, and for as long as somebody holds
 * that one. A page that comes after just that ref goes on with the walk, which has read the names
 * of its folders, and need not begin anew.
 */
export class UnfinishedWalks {
  readonly #walks = new WeakMap<
    ArtifactRef,
    { readonly page: ArtifactPage; readonly files: Files }
  >()

  keep(last: ArtifactRef, page: ArtifactPage, files: Files): void {
    this.#walks.set(last, { page, files })
  }

  /** Gives the walk that stands where the page begins, once. */
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
