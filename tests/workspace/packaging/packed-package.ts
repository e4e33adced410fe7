import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createPackageFromTarballData, type Package } from '@arethetypeswrong/core'
import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { runCommand } from './run-command.ts'

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
}

/** Builds, unless `pnpm test` just did, and packs every published package, as a release does it. */
export async function packPackages(): Promise<readonly PackedPackage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-packed-'))
  if (process.env['HARBORAGE_IS_BUILT'] !== '1')
    await runCommand(repositoryRoot, 'pnpm', 'run', 'build')
  await runCommand(repositoryRoot, 'node', 'scripts/pack-packages.ts', folder)
  const names = await readdir(folder)
  const packed = await Promise.all(names.toSorted().map((name) => readPacked(join(folder, name))))
  await rm(folder, { recursive: true })
  return packed
}

async function readPacked(path: string): Promise<PackedPackage> {
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
