import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ArtifactDriver } from '@harborage/artifacts'
import { codeOf, InvalidConfigError, parseConfig, schemeOf } from '@harborage/core'
import { z } from 'zod'
import { FsArtifactDriver } from './fs-artifact-driver.ts'
import { OWNER_DIRECTORY, syncFolder } from './internal/durable-files.ts'
import { FileGate } from './internal/file-gate.ts'
import { ifMissing, isForbidden, translateOpenError } from './internal/fs-errors.ts'
import { TemporaryFolder } from './internal/temporary-folder.ts'

/** What `openFsArtifactDriver` takes. */
export interface FsConfig {
  /** The folder of the artifacts, as `fs:./artifacts` or a plain path; made, with those above it, if it is not there. */
  readonly dsn: string | undefined
  /** How long a put goes on trying while the disk is full, in milliseconds. Default: 5,000. */
  readonly retryTimeoutMs?: number
}

const fsConfig = z.strictObject({
  dsn: z.string(),
  retryTimeoutMs: z.int().min(0).max(3_600_000).default(5_000),
})

/**
 * Opens the artifact driver that keeps plain files below one folder. Several processes of one machine may use it at
 * once. What earlier processes left behind when they were killed in the middle of a put is removed.
 *
 * @throws `invalid_config` if the path is malformed or names a file; `store_unavailable` if it cannot be used now.
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
  const { dsn, retryTimeoutMs } = parseConfig(fsConfig, config)
  const path = rootPath(dsn)
  const gate = new FileGate(retryTimeoutMs)
  try {
    const root = await ensureRoot(path, gate)
    const temporary = await TemporaryFolder.open(root, gate)
    return new FsArtifactDriver(root, gate, temporary, retryTimeoutMs)
  } catch (error) {
    throw translateOpenError(error)
  }
}

/**
 * Makes the folder, and those above it that are not there, and gives its real path. Each is durable before another one
 * is made in it; one that is there, too, since whoever made it may not have come to this.
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

/** A folder above the root may be none of the store's to read; then whoever made the root made it durable. */
async function syncIfAllowed(folder: string, gate: FileGate): Promise<void> {
  try {
    await syncFolder(gate, folder)
  } catch (error) {
    if (!isForbidden(error)) throw error
  }
}

function rootPath(dsn: string): string {
  const scheme = schemeOf(dsn)
  if (scheme !== undefined && scheme !== 'fs') throw refuse('has a scheme other than "fs:"')
  const path = scheme === undefined ? dsn : stripAuthority(dsn.slice('fs:'.length))
  if (path === '' || path !== path.trim())
    throw refuse('names no folder, or has white space around it')
  if (path.includes('\0')) throw refuse('holds a NUL character')
  if (path.startsWith('//')) throw refuse('names a host')
  return path
}

/** `fs:///srv/artifacts` is the path `/srv/artifacts`; with two slashes the first name would be a host. */
function stripAuthority(rest: string): string {
  return rest.startsWith('///') ? rest.slice(2) : rest
}

function refuse(fault: string): InvalidConfigError {
  return new InvalidConfigError(`dsn ${fault}: pass "fs:./artifacts" or a plain path`)
}
