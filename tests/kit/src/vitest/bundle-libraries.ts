import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { rolldown } from 'rolldown'
import type { TestProject } from 'vitest/node'

import { repositoryRoot } from '../repository-root.ts'
import {
  BUNDLES,
  bundlesIn,
  folderFor,
  staysOutside,
  writeBundles,
  type Bundle,
} from './bundle-files.ts'
import { bundlePackages } from './bundle-packages.ts'
import { LIBRARY_BUNDLES, PACKAGE_BUNDLES } from './bundle-variables.ts'

/** What the configuration provides. */
export interface BundledPackages {
  /** The folders of the published packages, from the root of the repository. */
  publishedFolders: readonly string[]
}

declare module 'vitest' {
  export interface ProvidedContext extends BundledPackages {}
}

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
const apart = /^(better-sqlite3|kysely|pg|zod)(\/|$)/
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
  const made = folderFor(join(BUNDLES, 'libraries'), [
    readFileSync(import.meta.filename, 'utf8'),
    ...folders,
  ])
  if (!existsSync(made)) {
    await using bundle = await rolldown({
      input: [...entries],
      cwd,
      platform: 'node',
      plugins: [staysOutside(apart)],
    })
    const { output } = await bundle.generate({
      entryFileNames: '[name]-[hash].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
    writeBundles(made, output)
  }
  return bundlesIn(made)
}

/** Returns the name of the package that an entry is of. */
function nameOf(entry: string): string {
  return entry.split('/', entry.startsWith('@') ? 2 : 1).join('/')
}
