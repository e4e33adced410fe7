import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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

/** A library of many files, which is loaded as a whole by whatever imports it. */
interface Library {
  /** The package of the workspace that has it. */
  readonly importer: string
  /** What is imported of it anywhere. The rest of it is not loaded beside its file. */
  readonly entries: readonly string[]
}

const libraries: readonly Library[] = [
  { importer: 'packages/core', entries: ['kysely'] },
  { importer: 'packages/core', entries: ['zod'] },
  { importer: 'adapters/adk', entries: ['@google/adk'] },
  { importer: 'adapters/openai-agents', entries: ['@openai/agents', '@openai/agents/testing'] },
  {
    importer: 'adapters/langgraph',
    entries: [
      '@langchain/core/language_models/chat_models',
      '@langchain/core/messages',
      '@langchain/core/outputs',
      '@langchain/core/runnables',
      '@langchain/langgraph',
      '@langchain/langgraph-checkpoint',
      '@langchain/langgraph-checkpoint-postgres',
      '@langchain/langgraph-checkpoint-sqlite',
    ],
  },
]
/** What several libraries share, or what has native code. */
const apart = /[\\/]node_modules[\\/](better-sqlite3|kysely|pg|zod)[\\/]/
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

/** Versions of a library have folders of their own, so that each is bundled once. */
async function bundleLibrary({ importer, entries }: Library): Promise<readonly Bundle[]> {
  const cwd = join(repositoryRoot, importer)
  const folders = entries.map((entry) => realpathSync(join(cwd, 'node_modules', nameOf(entry))))
  const made = folderFor('libraries', [readFileSync(import.meta.filename, 'utf8'), ...folders])
  if (!existsSync(made)) {
    await using bundle = await rolldown({
      input: [...entries],
      cwd,
      platform: 'node',
      plugins: [
        staysOutside((path) => apart.test(path) && !folders.some((own) => path.startsWith(own))),
      ],
    })
    const { output } = await bundle.generate({
      entryFileNames: '[name]-[hash].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
    write(made, output)
  }
  return bundlesIn(made)
}

/** Returns the name of the package that an entry is of. */
function nameOf(entry: string): string {
  return entry.split('/', entry.startsWith('@') ? 2 : 1).join('/')
}

/** A module of several entries stays one, as in the sources. */
async function bundlePackages(folders: readonly string[]): Promise<readonly Bundle[]> {
  await using bundle = await rolldown({
    input: [...folders.flatMap(entriesOf), thread],
    cwd: repositoryRoot,
    platform: 'node',
    // What is not of this repository is loaded from where the package that imports it finds it.
    plugins: [staysOutside((path) => path.includes('node_modules'))],
  })
  const { output } = await bundle.generate({
    entryFileNames: ({ facadeModuleId, name }) =>
      facadeModuleId?.endsWith(thread) ? '[name].mjs' : `${name}-[hash].mjs`,
    chunkFileNames: '[name]-[hash].mjs',
  })
  const made = folderFor(
    'packages',
    output.map((each) => ('code' in each ? each.code : '')),
  )
  if (!existsSync(made)) write(made, output)
  return bundlesIn(made)
}

/** Returns the sources of a package's entries. */
function entriesOf(folder: string): string[] {
  const manifest = readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')
  const { exports } = JSON.parse(manifest) as { exports: Readonly<Record<string, string>> }
  const sources = Object.values(exports).filter((path) => path.endsWith('.ts'))
  return sources.map((path) => join(repositoryRoot, folder, path))
}

/** Loads some files from where they are. */
function staysOutside(isOutside: (path: string) => boolean): Plugin {
  return {
    name: 'stays-outside',
    async resolveId(specifier, from) {
      if (from === undefined || /^(\.|node:)/.test(specifier)) return null
      const resolved = await this.resolve(specifier, from, { skipSelf: true })
      if (resolved === null || !isOutside(resolved.id)) return resolved
      return { id: pathToFileURL(resolved.id).href, external: true }
    },
  }
}

/** Returns a folder that is named for what is in it: another run may be reading those of before. */
function folderFor(kind: string, contents: readonly string[]): string {
  const digest = createHash('sha256')
  for (const content of contents) digest.update(content)
  return join(folder, kind, digest.digest('hex').slice(0, 16))
}

/** Lists the entries in a folder and their files. */
const ENTRIES = 'entries.json'

function write(made: string, output: readonly ({ fileName: string } | OutputChunk)[]): void {
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

function bundlesIn(made: string): readonly Bundle[] {
  return JSON.parse(readFileSync(join(made, ENTRIES), 'utf8')) as readonly Bundle[]
}
