import { existsSync } from 'node:fs'
import type { Place } from '../profile/profile.ts'
import { openArtifactFolder } from './open-artifact-folder.ts'

/** How much a folder of artifacts has. */
export interface FolderFacts {
  readonly exists: boolean
  /** The size of the content of all artifacts in bytes. */
  readonly bytes: number
  readonly artifacts: number
  /** How many of them have expired: they are hidden until a `prune` removes them. */
  readonly expired: number
}

/** Walks over the artifacts of a folder. */
export async function describeFolder(place: Place): Promise<FolderFacts> {
  const path = place.dsn.reveal().slice('fs:'.length)
  if (!existsSync(path)) return { exists: false, bytes: 0, artifacts: 0, expired: 0 }
  await using artifacts = await openArtifactFolder(place, 'verify')
  let bytes = 0
  let count = 0
  let expired = 0
  const all = artifacts.list({ maintenanceScoped: true }, { expired: true })
  for await (const { sizeBytes, expiresAt } of all) {
    bytes += sizeBytes
    count += 1
    if (expiresAt !== undefined && expiresAt.getTime() <= Date.now()) expired += 1
  }
  return { exists: true, bytes, artifacts: count, expired }
}
