import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { rolldown, type OutputChunk, type Plugin } from 'rolldown'
import type { TestProject } from 'vitest/node'

import { repositoryRoot } from '../repository-root.ts'
import { LIBRARY_BUNDLES, PACKAGE_BUNDLES } from './bundle-variables.ts'

/** What the configuration provides. */
export interface BundledPackages {
  /** The folders of the published packages, from the root of the repository. */
  publishedFolders: readonly string[]
}

declare module 'vitest' {
  export interface ProvidedContext extends BundledPackages {}
}

/** The URL of an entry, and of the file that is loaded in its place. */
type Bundle = readonly [entry: string, file: string]

/** Of many files each, and loaded as a whole by whatever imports a store. */
const libraries = ['kysely', 'zod']
/** A package that has them. */
const importer = join(repositoryRoot, 'packages/core')
/** A thread that is started by the name of its file: see checkpoint-thread.ts beside it. */
const thread = 'packages/driver-sqlite/src/internal/checkpoint-worker.ts'
/** Stays the same, so that they are compiled once. */
const folder = join(repositoryRoot, 'node_modules/.cache/bundles')
const hook = join(import.meta.dirname, 'load-bundles.ts')

/**
 * Makes few files of each library and of the published packages, and lets the processes of the run
 * load these. Most of them live for a moment, and took two thirds of it to load the six hundred
 * files.
 */
export default async function setup(project: TestProject): Promise<void> {
  const { publishedFolders } = project.getProvidedContext()
  const [ofPackages, ...ofLibraries] = await Promise.all([
    bundlePackages(publishedFolders),
    ...libraries.map(bundleLibrary),
  ])
  process.env[PACKAGE_BUNDLES] = JSON.stringify(ofPackages)
  process.env[LIBRARY_BUNDLES] = JSON.stringify(ofLibraries.flat())
  const { NODE_OPTIONS: options = '' } = process.env
  process.env['NODE_OPTIONS'] = `${options} --import=${pathToFileURL(hook).href}`.trim()
}

async function bundleLibrary(library: string): Promise<Bundle[]> {
  await using made = await rolldown({ input: library, cwd: importer, platform: 'node' })
  const { output } = await made.generate({ entryFileNames: `${library}.mjs`, codeSplitting: false })
  return write(join(folder, library), output)
}

/** A module of several entries stays one, as in the sources. */
async function bundlePackages(folders: readonly string[]): Promise<Bundle[]> {
  await using made = await rolldown({
    input: [...folders.flatMap(entriesOf), thread],
    cwd: repositoryRoot,
    platform: 'node',
    plugins: [othersStayOutside],
  })
  const { output } = await made.generate({
    entryFileNames: ({ facadeModuleId, name }) =>
      facadeModuleId?.endsWith(thread) ? '[name].mjs' : `${name}-[hash].mjs`,
    chunkFileNames: '[name]-[hash].mjs',
  })
  return write(join(folder, 'packages'), output)
}

/** Returns the sources of a package's entries. */
function entriesOf(folder: string): string[] {
  const manifest = readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')
  const { exports } = JSON.parse(manifest) as { exports: Readonly<Record<string, string>> }
  const sources = Object.values(exports).filter((path) => path.endsWith('.ts'))
  return sources.map((path) => join(repositoryRoot, folder, path))
}

/** What is not of this repository is loaded from where the package that imports it finds it. */
const othersStayOutside: Plugin = {
  name: 'others-stay-outside',
  async resolveId(specifier, from) {
    if (from === undefined || /^(\.|node:)/.test(specifier)) return null
    const resolved = await this.resolve(specifier, from, { skipSelf: true })
    if (resolved === null || !resolved.id.includes('node_modules')) return resolved
    return { id: pathToFileURL(resolved.id).href, external: true }
  },
}

/**
 * Writes the files into a folder that is named for what is in them: another run may be reading the
 * ones of before. Returns the entries.
 */
function write(parent: string, output: readonly ({ fileName: string } | OutputChunk)[]): Bundle[] {
  const chunks = output.filter((each) => 'code' in each)
  const digest = createHash('sha256')
  for (const { code } of chunks) digest.update(code)
  const made = join(parent, digest.digest('hex').slice(0, 16))
  if (!existsSync(made)) {
    const own = `${made}.${randomUUID()}`
    mkdirSync(own, { recursive: true })
    for (const { fileName, code } of chunks) writeFileSync(join(own, fileName), code)
    renameSync(own, made)
  }
  return chunks.flatMap(({ fileName, facadeModuleId, isEntry }) => {
    if (!isEntry || facadeModuleId === null) return []
    return [[pathToFileURL(facadeModuleId).href, pathToFileURL(join(made, fileName)).href] as const]
  })
}
