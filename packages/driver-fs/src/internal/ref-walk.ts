import { join } from 'node:path'
import type { ArtifactPage } from '@harborage/artifacts'
import { compareNames } from '@harborage/core'
import { entriesIn, nameOf, namedFoldersIn, type NamedFolder } from './folder-names.ts'
import { artifactsFolder, digestOf, digitsOf, LEVELS, placeOf, shardOf } from './layout.ts'

/** Files of artifacts, ordered as their refs are, from the place of a page on. */
export async function* artifactFiles(root: string, page: ArtifactPage): AsyncGenerator<string> {
  const after = page.after === undefined ? undefined : [...placeOf(page.after)]
  yield* filesBelow(artifactsFolder(root), 0, page, after)
}

/**
 * @param after The texts of the last ref's folders, as long as the walk is on the way to it; `undefined` once past it.
 */
async function* filesBelow(
  folder: string,
  depth: number,
  page: ArtifactPage,
  after: readonly string[] | undefined,
): AsyncGenerator<string> {
  const level = LEVELS[depth]
  if (level === undefined) {
    yield* filesIn(folder, after === undefined ? '' : digitsOf(page.after?.id ?? ''))
    return
  }
  const bound = after?.[depth]
  for (const { text, path } of await foldersAt(folder, page[level])) {
    const order = bound === undefined ? 1 : compareNames(text, bound)
    if (order >= 0) yield* filesBelow(path, depth + 1, page, order === 0 ? after : undefined)
  }
}

async function foldersAt(folder: string, wanted: string | undefined): Promise<NamedFolder[]> {
  if (wanted === undefined) return namedFoldersIn(folder)
  const path = join(folder, digestOf(wanted))
  return (await nameOf(path)) === wanted ? [{ text: wanted, path }] : []
}

async function* filesIn(folder: string, afterDigits: string): AsyncGenerator<string> {
  for (const shard of await entriesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(shard) || shard < shardOf(afterDigits)) continue
    for (const file of await entriesIn(join(folder, shard))) {
      if (file > afterDigits) yield join(folder, shard, file)
    }
  }
}
