import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { publishedPackages } from '../../../scripts/published-packages.ts'

/** An entry of a package that users import, such as `@harborage/core/kit`. */
export interface PackageEntry {
  readonly name: string
  /** The absolute path of its source. */
  readonly source: string
}

/** Returns the entries of every published package below the root, as the exports of its manifest name them. */
export function publishedEntries(root: string): readonly PackageEntry[] {
  return publishedPackages(root).flatMap(({ name, folder }) => {
    const manifest = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const { exports } = JSON.parse(manifest) as { exports: Readonly<Record<string, string>> }
    return Object.entries(exports)
      .filter(([, source]) => source.endsWith('.ts'))
      .map(([entry, source]) => ({
        name: `${name}${entry.slice(1)}`,
        source: join(root, folder, source),
      }))
  })
}
