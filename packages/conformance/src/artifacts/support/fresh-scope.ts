import { randomUUID } from 'node:crypto'
import type { ArtifactScope } from '@harborage/artifacts'

/** A scope with all of its parts. */
export type FullScope = Required<ArtifactScope>

/** The parts of a scope, beginning with the outermost one. */
export const scopeParts = ['tenantId', 'userId', 'sessionId', 'taskId'] as const

/** Returns a scope of a tenant that no other case uses. */
export function freshScope(): FullScope {
  return { tenantId: `tenant-${randomUUID()}`, userId: 'ann', sessionId: 'first', taskId: 'task' }
}

/** Returns the scopes that differ from this one in one part each. */
export function neighborsOf(scope: FullScope): FullScope[] {
  return scopeParts.map((part) => ({ ...scope, [part]: `${scope[part]}-2` }))
}
