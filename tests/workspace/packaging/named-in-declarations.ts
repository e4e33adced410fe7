import { posix } from 'node:path'

import { sourceImports } from '../architecture/source-imports.ts'
import type { PackedPackage } from './packed-package.ts'

/** An entry of a package, and every module of other packages that its declarations name. */
export interface DeclaredEntry {
  readonly entry: string
  readonly named: ReadonlySet<string>
}

/** Returns what the compiler reads of other packages where a package's entries are imported. */
export function declaredEntries({ manifest, name, content }: PackedPackage): DeclaredEntry[] {
  return Object.entries(manifest.exports).flatMap(([entry, target]) => {
    if (typeof target !== 'object' || target === null || !('types' in target)) return []
    const files = new Set([posix.normalize(String(target.types))])
    const named = new Set<string>()
    for (const file of files) {
      const source = content.readFile(`/node_modules/${name}/${file}`)
      for (const { specifier } of sourceImports(file, source)) {
        if (!specifier.startsWith('.')) named.add(specifier)
        else files.add(declarationOf(posix.join(posix.dirname(file), specifier)))
      }
    }
    return [{ entry, named }]
  })
}

function declarationOf(file: string): string {
  return file.replace(/(?:\.d)?\.[jt]s$/, '.d.ts')
}
