import { compareNames } from '@harborage/core/kit'
import type { RefPlace } from './artifact.ts'

/**
 * Compares two refs in the ascending order of `list`: by tenant, user, session, task, namespace and
 * id, each by its UTF-8 bytes.
 *
 * @returns A negative number, 0 or a positive number, as `Array.prototype.sort` expects.
 */
export function compareRefs(left: RefPlace, right: RefPlace): number {
  return (
    compareNames(left.scope.tenantId, right.scope.tenantId) ||
    compareNames(left.scope.userId, right.scope.userId) ||
    compareNames(left.scope.sessionId, right.scope.sessionId) ||
    compareNames(left.scope.taskId, right.scope.taskId) ||
    compareNames(left.namespace, right.namespace) ||
    compareNames(left.id, right.id)
  )
}
