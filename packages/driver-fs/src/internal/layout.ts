import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { ArtifactKey, ArtifactRef } from '@harborage/artifacts'

/**
 * How many hex digits of an id name the last folder, so that no folder grows too large to read at
 * once.
 */
const SHARD_DIGITS = 2

/** The parts of a ref that are folders, from the root downwards. */
export const LEVELS = ['tenantId', 'userId', 'sessionId', 'taskId', 'namespace'] as const

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number]

/** The name of a folder: a digest, so that no text of a caller is ever part of a path. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex')
}

/** The texts of a ref that name its folders, from the root downwards. */
export function placeOf({ scope, namespace }: Pick<ArtifactRef, 'scope' | 'namespace'>): string[] {
  return LEVELS.map((level) => (level === 'namespace' ? namespace : scope[level]))
}

/** The folder in which all artifacts are. */
export function artifactsFolder(root: string): string {
  return join(root, 'artifacts')
}

/** The folder in which files are before they get their name. */
export function temporaryFolder(root: string): string {
  return join(root, 'temporary')
}

/** The folder of a place, or of the first parts of one. */
export function folderOf(root: string, place: readonly string[]): string {
  return join(artifactsFolder(root), ...place.map(digestOf))
}

/** Where an artifact is: the texts of its folders, the last folder, and the file. */
export interface ArtifactPlace {
  readonly place: readonly string[]
  readonly folder: string
  readonly file: string
}

/**
 * An id's folder and file name: the hex digits after its last underscore. `undefined` if it cannot
 * be an id.
 */
export function locate(root: string, { scope, id }: ArtifactKey): ArtifactPlace | undefined {
  const [, namespace, digits] = /^(.+)_([0-9a-f]{12}|[0-9a-f]{64})$/s.exec(id) ?? []
  if (namespace === undefined || digits === undefined) return undefined
  const place = placeOf({ scope, namespace })
  const folder = join(folderOf(root, place), shardOf(digits))
  return { place, folder, file: join(folder, digits) }
}

/** The name of the folder in which the file of these digits is. */
export function shardOf(digits: string): string {
  return digits.slice(0, SHARD_DIGITS)
}

/** The hex digits of an id. */
export function digitsOf(id: string): string {
  return id.slice(id.lastIndexOf('_') + 1)
}

const DIGEST_DIGITS = 64

/**
 * How many bytes the longest path of the layout has more than the root: that of an artifact under
 * its full id. In the folder of temporary files no path is as long.
 */
export const LONGEST_PATH_BELOW: number =
  '/artifacts'.length +
  LEVELS.length * (1 + DIGEST_DIGITS) +
  (1 + SHARD_DIGITS) +
  (1 + DIGEST_DIGITS)

/** Whether a name is that of a folder for a text. */
export function isNamedFolder(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

/** Whether a name is that of a last folder. */
export function isShard(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name)
}

/** Whether a name is that of an artifact's file. */
export function isArtifactFile(name: string): boolean {
  return /^([0-9a-f]{12}|[0-9a-f]{64})$/.test(name)
}
