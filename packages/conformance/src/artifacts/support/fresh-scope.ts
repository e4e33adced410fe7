import { randomUUID } from 'node:crypto'
import type { ArtifactScope } from '@harborage/artifacts'

/** A scope whose every part is given. */
export type FullScope = Required<ArtifactScope>

/** The parts of a scope, from the outermost one on. */
export const scopeParts = ['tenantId', 'userId', 'sessionId', 'taskId'] as const

/** A scope of a tenant that no other case uses. */
export function freshScope(): FullScope {
  return { tenantId: `tenant-${randomUUID()}`, userId: 'ann', sessionId: 'first', taskId: 'task' }
}

/** The scopes that differ from this one in one part. */
export function neighboursOf(scope: FullScope): FullScope[] {
  return scopeParts.map((part) => ({ ...scope, [part]: `${scope[part]}-2` }))
}
