import '@harborage/driver-fs'
import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'

/** Opens the store on a folder. */
export function openArtifacts(root: string): Promise<ArtifactStore> {
  return openArtifactStore({ dsn: `fs:${root}` })
}
