/**
 * The published packages of the workspace. Every script and test that builds, packs, tests or
 * documents all of them uses this list, so a new package is covered once its folder exists.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of published packages. Each folder in them is a package. */
export const publishedFolders = ['packages', 'adapters', 'tools'] as const

/** The patterns of the published packages' folders, relative to the root, for pnpm and globs. */
export const publishedPatterns: readonly string[] = publishedFolders.map((folder) => `${folder}/*`)

/** The options with which a recursive pnpm command runs in the published packages only. */
export const publishedFilters: readonly string[] = publishedPatterns.flatMap((pattern) => [
  '--filter',
  `./${pattern}`,
])

export interface PublishedPackage {
  readonly name: string
  /** The path relative to the root, with forward slashes. */
  readonly folder: string
}

/** Returns all published packages below the root, sorted by folder. */
export function publishedPackages(root: string): readonly PublishedPackage[] {
  return packageFolders(root, publishedPatterns).map((folder) => {
    const manifest = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const { name } = JSON.parse(manifest) as { name: string }
    return { name, folder }
  })
}

/** Returns the folders with a package.json that match one of the patterns, sorted. */
export function packageFolders(root: string, patterns: readonly string[]): readonly string[] {
  return globSync(
    patterns.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  )
    .map((manifest) => manifest.replaceAll('\\', '/').replace(/\/package\.json$/, ''))
    .toSorted()
}
