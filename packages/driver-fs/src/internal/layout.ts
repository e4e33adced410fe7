import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { ArtifactKey, ArtifactRef } from '@harborage/artifacts'

/**
 * The number of hex digits of an id that name the innermost folder. It keeps folders small
 * enough to read at once.
 */
const SHARD_DIGITS = 2

/** The parts of a ref that are folders, from the root downward. */
export const LEVELS = ['tenantId', 'userId', 'sessionId', 'taskId', 'namespace'] as const

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number]

/**
 * Returns the name of a folder: a digest, so that no text of a caller is ever part of a path.
 */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex')
}

/** Returns the texts of a ref's folders, from the root downward. */
export function placeOf({ scope, namespace }: Pick<ArtifactRef, 'scope' | 'namespace'>): string[] {
  return LEVELS.map((level) => (level === 'namespace' ? namespace : scope[level]))
}

/** Returns the folder of all artifacts. */
export function artifactsFolder(root: string): string {
  return join(root, 'artifacts')
}

/** Returns the folder of temporary files. */
export function temporaryFolder(root: string): string {
  return join(root, 'temporary')
}

/** Returns the folder of a place, or of its first parts. */
export function folderOf(root: string, place: readonly string[]): string {
  return join(artifactsFolder(root), ...place.map(digestOf))
}

/**
 * The location of an artifact: the texts of its folders, the innermost folder, and the file.
 */
export interface ArtifactPlace {
  readonly place: readonly string[]
  readonly folder: string
  readonly file: string
}

/**
 * Returns the location of an artifact, or `undefined` for an impossible id. The file name consists
 * of the hex digits after the last underscore of the id.
 */
export function locate(root: string, { scope, id }: ArtifactKey): ArtifactPlace | undefined {
  const [, namespace, digits] = /^(.+)_([0-9a-f]{12}|[0-9a-f]{64})$/s.exec(id) ?? []
  if (namespace === undefined || digits === undefined) return undefined
  const place = placeOf({ scope, namespace })
  const folder = join(folderOf(root, place), shardOf(digits))
  return { place, folder, file: join(folder, digits) }
}

/** Returns the name of the innermost folder for these digits. */
export function shardOf(digits: string): string {
  return digits.slice(0, SHARD_DIGITS)
}

/** Returns the hex digits of an id. */
export function digitsOf(id: string): string {
  return id.slice(id.lastIndexOf('_') + 1)
}

const DIGEST_DIGITS = 64

/**
 * The bytes of the longest path below the root: that of an artifact with its full id. Paths of
 * temporary files are shorter.
 */
export const LONGEST_PATH_BELOW: number =
  '/artifacts'.length +
  LEVELS.length * (1 + DIGEST_DIGITS) +
  (1 + SHARD_DIGITS) +
  (1 + DIGEST_DIGITS)

/** Returns whether a name is that of a folder for a text. */
export function isNamedFolder(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

/** Returns whether a name is that of an innermost folder. */
export function isShard(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name)
}

/** Returns whether a name is that of an artifact's file. */
export function isArtifactFile(name: string): boolean {
  return /^([0-9a-f]{12}|[0-9a-f]{64})$/.test(name)
}
