import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import type { Place } from '../profile/profile.ts'

/** Opens the store of the artifacts in a folder. */
export async function openArtifactFolder(
  { dsn }: Place,
  migrate: 'apply' | 'verify',
): Promise<ArtifactStore> {
  // Importing it registers it.
  await import('@harborage/driver-fs')
  return openArtifactStore({ dsn: dsn.reveal(), migrate })
}
