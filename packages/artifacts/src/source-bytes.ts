import type { ArtifactRef } from './artifact.ts'

/** Returns how many bytes of a page the ref counts for: those of its source as JSON. */
export function sourceBytes({ source }: Pick<ArtifactRef, 'source'>): number {
  return Buffer.byteLength(JSON.stringify(source))
}
