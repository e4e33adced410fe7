/**
 * Loaded before a script with `--import`: breaks the sources of the product as
 * HARBORAGE_BROKEN_BUILD says.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { BrokenBuild, SourceEdit } from './fault-row.ts'

const build = JSON.parse(process.env['HARBORAGE_BROKEN_BUILD'] ?? '{}') as BrokenBuild
const edits = Map.groupBy(build.edits, ({ file }) => pathToFileURL(join(repositoryRoot, file)).href)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const mine = edits.get(url)
    if (mine === undefined) return loaded
    return { ...loaded, source: mine.reduce(broken, textOf(loaded.source)) }
  },
})

/** Returns the broken source. `run-row.ts` has checked that the text occurs exactly once. */
function broken(source: string, { from, to }: SourceEdit): string {
  return source.split(from).join(to)
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (typeof source === 'string') return source
  return new TextDecoder().decode(source)
}
