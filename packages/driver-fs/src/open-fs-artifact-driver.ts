import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ArtifactDriver } from '@harborage/artifacts'
import { codeOf, worstOf } from '@harborage/core/kit'
import type { FsConfig } from './fs-config.ts'
import { FsArtifactDriver } from './fs-artifact-driver.ts'
import { OWNER_DIRECTORY, syncFolder } from './internal/durable-files.ts'
import { examine } from './internal/examine.ts'
import { FileGate } from './internal/file-gate.ts'
import { ifMissing, isForbidden, missingRoot, translateOpenError } from './internal/fs-errors.ts'
import { TemporaryFolder } from './internal/temporary-folder.ts'

/**
 * Opens the artifact driver that keeps plain files below one folder. Several processes of one
 * machine may use it at once. What earlier processes left behind when they were killed in the
 * middle of a put is removed.
 *
 * @throws `invalid_config` if the path is malformed, too long or names a file (see `diagnose`);
 * `schema_outdated` if it is to be verified and not there; `store_unavailable` if it cannot be used
 * now.
 *
 * @example
 * ```ts
 * import { openArtifactStore } from '@harborage/artifacts'
 * import '@harborage/driver-fs'
 *
 * await using artifacts = await openArtifactStore({ dsn: 'fs:./artifacts' })
 * ```
 */
export async function openFsArtifactDriver(config: FsConfig): Promise<ArtifactDriver> {
  const examined = await examine(config)
  if (examined.place === undefined) throw examined.objections[0].error
  const error = worstOf(examined.objections)
  if (error !== undefined) throw error
  const { path, retryTimeoutMs, migrate } = examined.place
  const gate = new FileGate(retryTimeoutMs)
  let root = resolve(path)
  try {
    root = migrate === 'verify' ? await findRoot(path) : await ensureRoot(path, gate)
    const temporary =
      migrate === 'verify'
        ? await TemporaryFolder.unchecked(root, gate)
        : await TemporaryFolder.open(root, gate)
    return new FsArtifactDriver(root, gate, temporary, retryTimeoutMs)
  } catch (failure) {
    throw translateOpenError(failure, root)
  }
}

/** @throws `schema_outdated` if it is not there. */
async function findRoot(path: string): Promise<string> {
  const root = await realpath(path).catch(ifMissing)
  if (root !== undefined) return root
  throw missingRoot()
}

/**
 * Makes the folder, and those above it that are not there, and gives its real path. Each is durable
 * before another one is made in it; one that is there, too, since whoever made it may not have come
 * to this.
 */
async function ensureRoot(path: string, gate: FileGate): Promise<string> {
  const root = (await realpath(path).catch(ifMissing)) ?? (await makeFolder(path, gate))
  await syncIfAllowed(dirname(root), gate)
  return root
}

async function makeFolder(path: string, gate: FileGate): Promise<string> {
  const folder = join(await ensureRoot(dirname(path), gate), basename(path))
  await mkdir(folder, { mode: OWNER_DIRECTORY }).catch((error: unknown) => {
    // Another process made it.
    if (codeOf(error) !== 'EEXIST') throw error
  })
  return realpath(folder)
}

/**
 * A folder above the root may be none of the store's to read; then whoever made the root made it
 * durable.
 */
async function syncIfAllowed(folder: string, gate: FileGate): Promise<void> {
  try {
    await syncFolder(gate, folder)
  } catch (error) {
    if (!isForbidden(error)) throw error
  }
}
