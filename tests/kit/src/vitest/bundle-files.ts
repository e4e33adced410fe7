import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { OutputChunk, Plugin } from 'rolldown'

import { repositoryRoot } from '../repository-root.ts'

/** The URL of an entry, and of the file that is loaded in its place. */
export type Bundle = readonly [entry: string, file: string]

/** Stays the same, so that they are compiled once. */
export const BUNDLES: string = join(repositoryRoot, 'node_modules/.cache/bundles')

/**
 * Loads what is imported by some specifiers from where it is, unless it is a source of this
 * repository.
 */
export function staysOutside(specifiers: RegExp): Plugin {
  return {
    name: 'stays-outside',
    resolveId: {
      // Others do not come out of the bundler for it.
      filter: { id: specifiers },
      async handler(specifier, from) {
        if (from === undefined) return null
        const resolved = await this.resolve(specifier, from, { skipSelf: true })
        if (resolved === null || !resolved.id.includes('node_modules')) return resolved
        return { id: pathToFileURL(resolved.id).href, external: true }
      },
    },
  }
}

/** Returns a folder that is named for what is in it: another run may be reading those of before. */
export function folderFor(parent: string, contents: readonly string[]): string {
  const digest = createHash('sha256')
  for (const content of contents) digest.update(content)
  return join(parent, digest.digest('hex').slice(0, 16))
}

/** Lists the entries in a folder and their files. */
const ENTRIES = 'entries.json'

/** Writes what was bundled into a folder. */
export function writeBundles(
  made: string,
  output: readonly ({ fileName: string } | OutputChunk)[],
): void {
  const own = `${made}.${randomUUID()}`
  mkdirSync(own, { recursive: true })
  const bundles: Bundle[] = []
  for (const chunk of output) {
    if (!('code' in chunk)) continue
    const { fileName, code, facadeModuleId, isEntry } = chunk
    writeFileSync(join(own, fileName), code)
    if (!isEntry || facadeModuleId === null) continue
    const file = pathToFileURL(join(made, fileName)).href
    bundles.push([pathToFileURL(facadeModuleId).href, file])
  }
  writeFileSync(join(own, ENTRIES), JSON.stringify(bundles))
  renameIfFree(own, made)
}

/** Another run may have made the same folder in the meantime. */
function renameIfFree(own: string, made: string): void {
  try {
    renameSync(own, made)
  } catch (error) {
    if (!existsSync(made)) throw error
    rmSync(own, { recursive: true })
  }
}

/** Returns the entries of a folder. */
export function bundlesIn(made: string): readonly Bundle[] {
  return JSON.parse(readFileSync(join(made, ENTRIES), 'utf8')) as readonly Bundle[]
}
