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
import { OpenedRoot } from './internal/opened-root.ts'
import { TemporaryFolder } from './internal/temporary-folder.ts'

/**
 * Opens the artifact driver that keeps artifacts as files below one folder. Several processes of
 * one machine may use the same folder. Opening removes temporary files that killed processes
 * left behind.
 *
 * @throws `invalid_config` if the path is malformed, too long or names a file (see `diagnose`);
 * `schema_outdated` if the folder does not exist with `migrate: 'verify'`; `store_unavailable`
 * if it cannot be used now.
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
    return new FsArtifactDriver(await OpenedRoot.at(root), gate, temporary, retryTimeoutMs)
  } catch (failure) {
    throw translateOpenError(failure, root)
  }
}

/**
 * Resolves to the real path of the root.
 *
 * @throws `schema_outdated` if it does not exist.
 */
async function findRoot(path: string): Promise<string> {
  const root = await realpath(path).catch(ifMissing)
  if (root !== undefined) return root
  throw missingRoot()
}

/**
 * Creates the folder and its missing parents, and resolves to its real path. Each of them is
 * durable before another is created in it. Existing ones are synchronized too: the process that
 * created them may not have done so yet.
 */
async function ensureRoot(path: string, gate: FileGate): Promise<string> {
  const root = (await realpath(path).catch(ifMissing)) ?? (await makeFolder(path, gate))
  await syncIfAllowed(dirname(root), gate)
  return root
}

async function makeFolder(path: string, gate: FileGate): Promise<string> {
  const folder = join(await ensureRoot(dirname(path), gate), basename(path))
  await mkdir(folder, { mode: OWNER_DIRECTORY }).catch((error: unknown) => {
    // Another process created it.
    if (codeOf(error) !== 'EEXIST') throw error
  })
  return realpath(folder)
}

/**
 * Synchronizes a folder if it is readable. The parent of the root may not be: then the creator
 * of the root has synchronized it.
 */
async function syncIfAllowed(folder: string, gate: FileGate): Promise<void> {
  try {
    await syncFolder(gate, folder)
  } catch (error) {
    if (!isForbidden(error)) throw error
  }
}
