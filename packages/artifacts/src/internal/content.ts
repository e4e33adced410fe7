import { HarborageError } from '@harborage/core'
import type { ArtifactContent } from '../artifact-driver.ts'
import type { Verify } from './check-artifact.ts'
import { checksumOf } from './checksum.ts'
import { sha256Hex } from './digest.ts'

/**
 * Returns the stored bytes, or a promise of them where that takes turns of the event loop.
 *
 * @throws `artifact_corrupt` if they do not match their size, their checksum, or their digest where
 * that is asked for or no checksum is stored.
 */
export function verifiedBytes(
  content: ArtifactContent,
  verify: Verify,
): Promise<Uint8Array> | Uint8Array {
  const { bytes, sizeBytes = bytes.byteLength, checksum } = content
  if (sizeBytes !== bytes.byteLength) throw damaged()
  const found = checksum === undefined ? undefined : checksumOf(bytes)
  if (typeof found !== 'string') return verifiedInTurns(content, found, verify)
  if (found !== checksum) throw damaged()
  return verify === 'digest' ? verifiedByDigest(content) : bytes
}

/** @param finding The checksum of the bytes, or `undefined` if it cannot be compared. */
async function verifiedInTurns(
  content: ArtifactContent,
  finding: Promise<string | undefined> | undefined,
  verify: Verify,
): Promise<Uint8Array> {
  const found = await finding
  if (found === undefined) return verifiedByDigest(content)
  if (found !== content.checksum) throw damaged()
  return verify === 'digest' ? verifiedByDigest(content) : content.bytes
}

async function verifiedByDigest({ bytes, sha256 }: ArtifactContent): Promise<Uint8Array> {
  if ((await sha256Hex(bytes)) === sha256) return bytes
  throw damaged()
}

function damaged(): HarborageError {
  return new HarborageError(
    'artifact_corrupt',
    'the stored bytes no longer match their size, checksum or digest: delete the artifact and put its content again, or restore a backup',
  )
}

/**
 * Returns bytes decoded as UTF-8.
 *
 * @throws `invalid_record` if they are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new HarborageError('invalid_record', 'the artifact is not text in UTF-8: use get()')
  }
}
