import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/**
 * Resolves to the names of the packages that some packages need, themselves included.
 *
 * @param installed The folders of all packages, by name.
 */
export async function neededBy(
  names: readonly string[],
  installed: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const needed = new Set(names)
  for (const name of needed) {
    for (const folder of installed.get(name) ?? []) {
      for (const other of await namedIn(folder)) needed.add(other)
    }
  }
  return needed
}

async function namedIn(folder: string): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  const {
    dependencies,
    optionalDependencies,
    peerDependencies = {},
    peerDependenciesMeta,
  } = manifest
  const peers = Object.keys(peerDependencies).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  )
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}
