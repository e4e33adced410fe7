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
