import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { rolldown, type Plugin } from 'rolldown'

import { repositoryRoot } from '../repository-root.ts'
import {
  BUNDLES,
  bundlesIn,
  folderFor,
  staysOutside,
  writeBundles,
  type Bundle,
} from './bundle-files.ts'

/** A text of a source, from the root of the repository, and what is there in a bundle instead. */
export interface BundledEdit {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A thread that is started by the name of its file: see checkpoint-thread.ts beside it. */
const thread = 'packages/driver-sqlite/src/internal/checkpoint-worker.ts'

/**
 * Makes few files of published packages. A module of several entries stays one, as in the sources.
 *
 * @param folders Of the packages, from the root of the repository.
 * @param into The folder in which they get their own.
 */
export async function bundlePackages(
  folders: readonly string[],
  edits: readonly BundledEdit[] = [],
  into: string = join(BUNDLES, 'packages'),
): Promise<readonly Bundle[]> {
  await using bundle = await rolldown({
    input: [...folders.flatMap(entriesOf), thread],
    cwd: repositoryRoot,
    platform: 'node',
    // What is not of this repository is loaded from where the package that imports it finds it.
    plugins: [staysOutside(/^(?!\.|node:)/), withEdits(edits)],
  })
  const { output } = await bundle.generate({
    entryFileNames: ({ facadeModuleId, name }) =>
      facadeModuleId?.endsWith(thread) ? '[name].mjs' : `${name}-[hash].mjs`,
    chunkFileNames: '[name]-[hash].mjs',
  })
  const made = folderFor(
    into,
    output.map((each) => ('code' in each ? each.code : '')),
  )
  if (!existsSync(made)) writeBundles(made, output)
  return bundlesIn(made)
}

/** Returns the sources of a package's entries. */
function entriesOf(folder: string): string[] {
  const manifest = readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')
  const { exports } = JSON.parse(manifest) as { exports: Readonly<Record<string, string>> }
  const sources = Object.values(exports).filter((path) => path.endsWith('.ts'))
  return sources.map((path) => join(repositoryRoot, folder, path))
}

/** Reads some sources with a text replaced. */
function withEdits(edits: readonly BundledEdit[]): Plugin {
  const byPath = Map.groupBy(edits, ({ file }) => join(repositoryRoot, file))
  return {
    name: 'with-edits',
    load(path) {
      const own = byPath.get(path)
      if (own === undefined) return null
      const source = readFileSync(path, 'utf8')
      const code = own.reduce((text, { from, to }) => text.split(from).join(to), source)
      return { code, moduleType: 'ts' }
    },
  }
}
