/**
 * The packages of the workspace that are published. Every script and test that builds, packs, tests
 * or documents all of them asks here, so that a new package is covered once its folder is there.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders that hold published packages: each folder in them is one. */
export const publishedFolders = ['packages', 'adapters', 'tools'] as const

/** Patterns of the published packages' folders, from the root, which pnpm and globs understand. */
export const publishedPatterns: readonly string[] = publishedFolders.map((folder) => `${folder}/*`)

/** The options that make a recursive pnpm command run in the published packages only. */
export const publishedFilters: readonly string[] = publishedPatterns.flatMap((pattern) => [
  '--filter',
  `./${pattern}`,
])

export interface PublishedPackage {
  readonly name: string
  /** From the root, with forward slashes. */
  readonly folder: string
}

/** Returns every published package below the root, sorted by its folder. */
export function publishedPackages(root: string): readonly PublishedPackage[] {
  return packageFolders(root, publishedPatterns).map((folder) => {
    const manifest = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const { name } = JSON.parse(manifest) as { name: string }
    return { name, folder }
  })
}

/** Returns the folders that have a package.json and match one of the patterns, sorted. */
export function packageFolders(root: string, patterns: readonly string[]): readonly string[] {
  return globSync(
    patterns.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  )
    .map((manifest) => manifest.replaceAll('\\', '/').replace(/\/package\.json$/, ''))
    .toSorted()
}
