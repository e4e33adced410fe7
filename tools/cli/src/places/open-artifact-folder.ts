import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import type { Place } from '../profile/profile.ts'
import { loadFs } from './load-driver.ts'

/** Opens the store of the artifacts in a folder. */
export async function openArtifactFolder(
  { dsn }: Place,
  migrate: 'apply' | 'verify',
): Promise<ArtifactStore> {
  await loadFs()
  return openArtifactStore({ dsn: dsn.reveal(), migrate })
}
