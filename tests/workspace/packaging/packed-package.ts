import { readFile } from 'node:fs/promises'

import { createPackageFromTarballData, type Package } from '@arethetypeswrong/core'
import { inject } from 'vitest'

export interface PackedPackage {
  readonly name: string
  readonly version: string
  readonly manifest: PackedManifest
  readonly tarball: Buffer<ArrayBuffer>
  /** What is in the tarball, as paths from the package's root, sorted. */
  readonly files: readonly string[]
  readonly content: Package
}

export interface PackedManifest {
  readonly name: string
  readonly version: string
  readonly engines: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly harborage: { readonly role: string }
}

/** Resolves to every published package as the run has packed it. */
export function packedPackages(): Promise<readonly PackedPackage[]> {
  return Promise.all(inject('tarballs').map(readPacked))
}

/** @param path Of a tarball. */
export async function readPacked(path: string): Promise<PackedPackage> {
  const tarball = await readFile(path)
  const content = createPackageFromTarballData(tarball)
  const { packageName: name, packageVersion: version } = content
  const prefix = `/node_modules/${name}/`
  return {
    name,
    version,
    manifest: JSON.parse(content.readFile(`${prefix}package.json`)) as PackedManifest,
    tarball,
    files: content
      .listFiles()
      .map((file) => file.slice(prefix.length))
      .toSorted(),
    content,
  }
}
