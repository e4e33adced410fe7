import { constants } from 'node:fs'
import { access, realpath, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { Finding } from '@harborage/core'
import { codeOf, kernelFileSystem, type Objection, refusal, unavailable } from '@harborage/core/kit'
import { examineLayout, type ExaminedRoot } from './examine-layout.ts'
import { missingRoot, vanishedRoot } from './fs-errors.ts'
import { LONGEST_PATH_BELOW } from './layout.ts'
import { OpenedRoot } from './opened-root.ts'

/** The longest path in bytes without the final NUL, by platform. */
const LONGEST_PATHS: Readonly<Partial<Record<NodeJS.Platform, number>>> = {
  linux: 4_095,
  win32: 32_000,
}
const LONGEST_PATH_ELSEWHERE = 1_023

/** The longest name in a path, in bytes. */
const LONGEST_NAME = 255

/** Examines the folder of the artifacts, or the place for it, and changes nothing there. */
export async function examineRoot(
  path: string,
  migrate: 'apply' | 'verify',
): Promise<ExaminedRoot> {
  try {
    const { existing, root } = await findExisting(resolve(path))
    const passedOver = (await OpenedRoot.isLostAt(root)) ? [vanished()] : []
    const objections: Objection[] = []
    if (Buffer.byteLength(root) + LONGEST_PATH_BELOW > longestPath()) objections.push(tooLong())
    const isFolder = (await stat(existing)).isDirectory()
    if (isFolder) objections.push(...(await onKernel(existing)))
    if (isFolder && root === existing) {
      const below = await examineLayout(root, migrate)
      return {
        objections: [...objections, ...below.objections],
        passedOver: [...passedOver, ...below.passedOver],
      }
    }
    if (!isFolder) objections.push(notFolder())
    else if (migrate === 'verify') objections.push(missing())
    else await access(existing, constants.W_OK | constants.X_OK)
    return { objections, passedOver }
  } catch (error) {
    return { objections: [explain(error, path)], passedOver: [] }
  }
}

/**
 * Resolves to the lowest existing folder on the path, and to the real path of the root, which
 * may not exist yet.
 */
async function findExisting(
  path: string,
): Promise<{ readonly existing: string; readonly root: string }> {
  try {
    const existing = await realpath(path)
    return { existing, root: existing }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    const { existing, root } = await findExisting(dirname(path))
    return { existing, root: join(root, basename(path)) }
  }
}

/** Returns an objection to a file system of the kernel, which takes no folders. */
async function onKernel(folder: string): Promise<Objection[]> {
  const kernel = kernelFileSystem((await statfs(folder)).type)
  if (kernel === undefined) return []
  return [
    refusal(
      'kernel_file_system',
      'fails',
      `the artifact folder would lie on ${kernel}, where the kernel keeps no files of others: name a folder on a disk`,
    ),
  ]
}

/** Returns the finding if an open store of this process has lost its root. */
function vanished(): Finding {
  return { name: 'vanished', grade: 'fails', message: vanishedRoot().message }
}

function longestPath(): number {
  return LONGEST_PATHS[process.platform] ?? LONGEST_PATH_ELSEWHERE
}

function explain(error: unknown, path: string): Objection {
  const code = codeOf(error) ?? 'unknown'
  switch (code) {
    case 'ENOTDIR':
      return notFolder(error)
    case 'ELOOP':
      return refusal(
        'path',
        'fails',
        'the path of the artifact folder cannot be followed (ELOOP), since its links form a loop: name another one',
        error,
      )
    case 'ENAMETOOLONG':
      return nameTooLong(resolve(path), error) ?? tooLong(error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return unavailable(
        'rights',
        `the artifact folder cannot be made or entered (${code}): check the owner and the rights of it and of the folders above it`,
        error,
        false,
      )
    default:
      return unavailable('disk', `the artifact folder failed (${code}): see the cause`, error, true)
  }
}

function tooLong(cause?: unknown): Objection {
  return refusal(
    'path_too_long',
    'fails',
    `the path of the artifact folder is too long: the paths below it have up to ${LONGEST_PATH_BELOW} bytes more, and this system takes ${longestPath()} in all; shorten it`,
    cause,
  )
}

/** Returns an objection if a name in the path is too long. */
function nameTooLong(path: string, cause: unknown): Objection | undefined {
  const longest = Math.max(...path.split(sep).map((name) => Buffer.byteLength(name)))
  if (longest <= LONGEST_NAME) return undefined
  return refusal(
    'path_too_long',
    'fails',
    `a name in the path of the artifact folder has ${longest} bytes, and one name may have ${LONGEST_NAME}: shorten it`,
    cause,
  )
}

function missing(): Objection {
  const error = missingRoot()
  return { finding: { name: 'missing', grade: 'fails', message: error.message }, error }
}

function notFolder(cause?: unknown): Objection {
  return refusal(
    'not_a_folder',
    'fails',
    'the artifact folder, or one above it, is a file: name a folder',
    cause,
  )
}
