import type { ArtifactKey, FoundArtifact, NewArtifact, Visibility } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'

/** An artifact in memory. */
export interface HeldArtifact {
  readonly ref: ArtifactRef
  /** The size of the source as JSON, in bytes. */
  readonly sourceBytes: number
  readonly bytes: Uint8Array
  readonly checksum: string | undefined
}

/** Returns whether an artifact has expired. `now` is in milliseconds since 1970. */
export function isExpired({ expiresAt }: Pick<ArtifactRef, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= now
}

/** Returns whether a read finds an artifact. `now` is in milliseconds since 1970. */
export function isVisible({ ref }: HeldArtifact, visibility: Visibility, now: number): boolean {
  return visibility === 'all' || !isExpired(ref, now)
}

/** Returns whether an artifact is still the one that a `prune` found. */
export function isStill({ ref }: HeldArtifact, found: FoundArtifact): boolean {
  return (
    ref.createdAt.getTime() === found.createdAt.getTime() &&
    ref.expiresAt?.getTime() === found.expiresAt?.getTime()
  )
}

/** What a put does. */
export interface PutDecision {
  readonly held: HeldArtifact
  /** Whether it is to be stored, in place of {@link replaced}. */
  readonly isNew: boolean
  /** What it replaces, under the same id or another one. */
  readonly replaced?: HeldArtifact | undefined
}

/** Decides under which id an artifact is put, unless equal content is there. */
export function decidePut(
  artifact: NewArtifact,
  find: (key: ArtifactKey) => HeldArtifact | undefined,
  now: number,
): PutDecision {
  const stored = decideNew(artifact, find)
  if (stored.isNew || artifact.onEqual === 'keep') return stored
  const { held } = stored
  if (isExpired(held.ref, now)) {
    const others = (key: ArtifactKey) => (find(key) === held ? undefined : find(key))
    return { ...decideNew(artifact, others), replaced: held }
  }
  const { expiresAt } = artifact.ref
  if (held.ref.expiresAt?.getTime() === expiresAt?.getTime()) return stored
  return { held: { ...held, ref: { ...held.ref, expiresAt } }, isNew: true, replaced: held }
}

function decideNew(
  { ref, shortId, fullId, sourceText, bytes, checksum }: NewArtifact,
  find: (key: ArtifactKey) => HeldArtifact | undefined,
): PutDecision {
  const taken = find({ scope: ref.scope, id: shortId })
  if (taken?.ref.sha256 === ref.sha256) return { held: taken, isNew: false }
  const stored = find({ scope: ref.scope, id: fullId })
  if (stored !== undefined) return { held: stored, isNew: false }
  const named = { ...ref, id: taken === undefined ? shortId : fullId }
  const sourceBytes = Buffer.byteLength(sourceText)
  return { held: { ref: named, sourceBytes, bytes, checksum }, isNew: true }
}
