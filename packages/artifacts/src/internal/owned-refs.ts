import { ownerAt } from '@harborage/core/kit'
import type { ArtifactRef } from '../artifact.ts'

/**
 * Returns a ref whose scope every method accepts. The scopes that a driver returns are plain
 * objects, which name no session if they are of a user or a tenant.
 */
export function withOwner(ref: ArtifactRef): ArtifactRef {
  const { scope } = ref
  return scope.sessionId === '' ? { ...ref, scope: ownerAt(scope) } : ref
}

/** A ref as JSON, which has no dates. */
interface StoredAnswer extends Omit<ArtifactRef, 'createdAt' | 'expiresAt'> {
  readonly createdAt: string
  readonly expiresAt?: string
}

/** Returns the ref that a step stored as the JSON of {@link withOwner}'s result. */
export function readRefAnswer(json: unknown): ArtifactRef {
  // Written by this store, as the answer of an equal part.
  const { createdAt, expiresAt, ...ref } = json as StoredAnswer
  return withOwner({
    ...ref,
    createdAt: new Date(createdAt),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  })
}
