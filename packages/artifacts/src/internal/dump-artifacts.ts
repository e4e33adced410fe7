import { MAX_PAGE_BYTES } from '@harborage/core/kit'
import type { ArtifactDriver, ArtifactPage } from '../artifact-driver.ts'
import type { ArtifactRef, RefPlace } from '../artifact.ts'
import type { DumpedArtifact } from '../dumped-artifact.ts'
import { verifiedBytes } from './content.ts'

/** Everything, also what has expired, in the order of `compareRefs`. */
const EVERYTHING: Omit<ArtifactPage, 'after' | 'limit' | 'maxBytes'> = {
  tenantId: undefined,
  userId: undefined,
  sessionId: undefined,
  taskId: undefined,
  namespace: undefined,
  order: 'ascending',
  from: undefined,
  to: undefined,
  visibility: 'all',
}

/**
 * Returns the next artifacts with their bytes, up to the first that is not inside: the bytes of
 * others are not read. Fewer than `limit` that hold less than 8 MiB are the last ones.
 *
 * @throws `artifact_corrupt` if bytes do not match their digest.
 */
export async function dumpArtifacts(
  driver: ArtifactDriver,
  after: RefPlace | undefined,
  limit: number,
  isInside: (place: RefPlace) => boolean,
): Promise<readonly DumpedArtifact[]> {
  const dumped: DumpedArtifact[] = []
  let bytes = 0
  let place = after
  while (dumped.length < limit && bytes < MAX_PAGE_BYTES) {
    const asked = limit - dumped.length
    const refs = await driver.listPage({
      ...EVERYTHING,
      after: place,
      limit: asked,
      maxBytes: MAX_PAGE_BYTES,
    })
    if (refs.length === 0) return dumped
    for (const ref of refs) {
      if (!isInside(ref)) return dumped
      place = ref
      const artifact = await dumpArtifact(driver, ref)
      // It was deleted meanwhile.
      if (artifact === undefined) continue
      dumped.push(artifact)
      bytes += artifact.bytes.byteLength
      if (bytes >= MAX_PAGE_BYTES) break
    }
  }
  return dumped
}

async function dumpArtifact(
  driver: ArtifactDriver,
  ref: ArtifactRef,
): Promise<DumpedArtifact | undefined> {
  const content = await driver.get(ref, 'all')
  return content && { ref, bytes: await verifiedBytes(content, 'digest') }
}
