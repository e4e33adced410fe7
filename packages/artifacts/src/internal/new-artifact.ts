import { parseJsonObject } from '@harborage/core/kit'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactScope } from '../artifact.ts'
import type { Description } from './check-artifact.ts'
import { checksumOf } from './checksum.ts'
import { sha256Hex } from './digest.ts'

/** The number of digits of a digest in a short id. */
export const SHORT_ID_DIGITS = 12

/** Hashes checked bytes, and resolves to the artifact to store. */
export async function newArtifact(
  scope: Required<ArtifactScope>,
  bytes: Uint8Array,
  { sourceText, ...description }: Description,
): Promise<NewArtifact> {
  const sha256 = await sha256Hex(bytes)
  const { namespace } = description
  return {
    ref: {
      ...description,
      // A copy, since the checked scope is frozen and the ref belongs to the caller.
      scope: { ...scope },
      sizeBytes: bytes.byteLength,
      sha256,
      source: parseJsonObject(sourceText),
      createdAt: new Date(),
    },
    shortId: `${namespace}_${sha256.slice(0, SHORT_ID_DIGITS)}`,
    fullId: `${namespace}_${sha256}`,
    sourceText,
    bytes,
    checksum: await checksumOf(bytes),
  }
}
