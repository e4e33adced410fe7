import { entryAt, parseJsonObject, withEntry, type LoadOutcome } from '@harborage/core/kit'
import type { ArtifactDriver } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import { malformed, type CheckedDump } from './check-dumped-artifact.ts'
import { checksumOf } from './checksum.ts'
import { sha256Hex } from './digest.ts'
import { SHORT_ID_DIGITS } from './new-artifact.ts'

/**
 * Checks the bytes of artifacts of a dump.
 *
 * @throws `invalid_record` if bytes do not match their digest. The error names the artifact.
 */
export async function checkDigests(artifacts: readonly CheckedDump[]): Promise<void> {
  const digests = await Promise.all(artifacts.map(({ bytes }) => sha256Hex(bytes)))
  const index = artifacts.findIndex(({ ref }, at) => digests[at] !== ref.sha256)
  if (index === -1) return
  throw withEntry(malformed('the bytes do not match ref.sha256'), entryAt(index))
}

/** Stores an artifact of a dump under its id and with its dates, or finds what is there. */
export async function loadArtifact(
  driver: ArtifactDriver,
  { ref, sourceText, bytes }: CheckedDump,
): Promise<LoadOutcome> {
  const [held, twin] = await driver.getRefs(ref.scope, [ref.id, otherIdOf(ref)], 'all')
  if (held !== undefined) return isSame(held, ref, sourceText) ? 'unchanged' : 'conflict'
  if (twin?.sha256 === ref.sha256) return 'conflict'
  const stored = await driver.put({
    ref: { ...ref, source: parseJsonObject(sourceText) },
    shortId: ref.id,
    fullId: ref.id,
    sourceText,
    bytes,
    checksum: await checksumOf(bytes),
    onEqual: 'keep',
  })
  return isSame(stored, ref, sourceText) ? 'loaded' : 'conflict'
}

/** Returns the other id that the content of an artifact may have: the long one or the short one. */
function otherIdOf({ id, namespace, sha256 }: ArtifactRef): string {
  const full = `${namespace}_${sha256}`
  return id === full ? `${namespace}_${sha256.slice(0, SHORT_ID_DIGITS)}` : full
}

/** Returns whether a stored ref is that of a dump. */
function isSame(stored: ArtifactRef, dumped: ArtifactRef, sourceText: string): boolean {
  return (
    stored.id === dumped.id &&
    stored.sha256 === dumped.sha256 &&
    stored.sizeBytes === dumped.sizeBytes &&
    stored.mimeType === dumped.mimeType &&
    stored.filename === dumped.filename &&
    stored.createdAt.getTime() === dumped.createdAt.getTime() &&
    stored.expiresAt?.getTime() === dumped.expiresAt?.getTime() &&
    JSON.stringify(stored.source) === sourceText
  )
}
