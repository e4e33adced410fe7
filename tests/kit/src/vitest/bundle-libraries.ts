import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { rolldown } from 'rolldown'

import { repositoryRoot } from '../repository-root.ts'
import { BUNDLES } from './load-bundles.ts'

/** Of many files each, and loaded as a whole by whatever imports a store. */
const libraries = ['kysely', 'zod']
/** A package that has them. */
const importer = join(repositoryRoot, 'packages/core')
/** Stays the same, so that they are compiled once. */
const folder = join(repositoryRoot, 'node_modules/.cache')
const hook = join(import.meta.dirname, 'load-bundles.ts')

/**
 * Makes one file of each library, and lets the processes of the run load these. Most of them live
 * for a moment, and took a third of it to load the four hundred files that the libraries have.
 */
export default async function setup(): Promise<void> {
  process.env[BUNDLES] = JSON.stringify(await Promise.all(libraries.map(bundle)))
  const { NODE_OPTIONS: options = '' } = process.env
  process.env['NODE_OPTIONS'] = `${options} --import=${pathToFileURL(hook).href}`.trim()
}

/** Resolves to the URL of a library's entry, and to that of its bundle. */
async function bundle(library: string): Promise<readonly [entry: string, bundle: string]> {
  const file = join(folder, `${library}.mjs`)
  // Another run may be making it as well.
  const own = `${file}.${process.pid}`
  await using made = await rolldown({ input: library, cwd: importer, platform: 'node' })
  const { output } = await made.write({ file: own, codeSplitting: false })
  await rename(own, file)
  const [{ facadeModuleId: entry }] = output
  if (entry === null) throw new Error(`the bundle of ${library} does not name its entry`)
  return [pathToFileURL(entry).href, pathToFileURL(file).href]
}
