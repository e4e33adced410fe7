import { HarborageError } from '@harborage/core'
import type { ArtifactContent } from '../artifact-driver.ts'
import { sha256Hex } from './digest.ts'

/**
 * Resolves to the stored bytes.
 *
 * @throws `artifact_corrupt` if they do not match their digest.
 */
export async function verifiedBytes({ bytes, sha256 }: ArtifactContent): Promise<Uint8Array> {
  if ((await sha256Hex(bytes)) === sha256) return bytes
  throw new HarborageError(
    'artifact_corrupt',
    'the stored bytes no longer match their digest: delete the artifact and put its content again, or restore a backup',
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
