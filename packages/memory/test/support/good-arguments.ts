import { allOfRun, allOfTenant, allOfUser, newEventId, type RunIdentity } from '@harborage/core'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'

export const identity: Required<RunIdentity> = {
  tenantId: 'acme',
  userId: 'ann',
  sessionId: 's1',
  runId: 'r1',
}

/** Arguments with which each method succeeds. */
export function goodArguments(): Record<Method, unknown[]> {
  const { tenantId, userId, sessionId } = identity
  return {
    addTurn: [identity, goodTurn(), {}],
    getLlmContext: [identity, {}],
    estimateTokens: [identity, {}],
    compact: [identity, {}],
    health: [identity, {}],
    snapshot: [identity, {}],
    restore: [identity, { strategy: 'truncation', bytes: goodSnapshot() }, {}],
    convert: [identity, {}],
    delete: [identity, {}],
    forget: [identity, newEventId(), {}],
    settled: [identity],
    deleteAll: [allOfRun(identity), {}],
    sessions: [allOfUser({ tenantId, userId }), {}],
    users: [allOfTenant({ tenantId }), {}],
    tenants: [{ maintenanceScoped: true }, {}],
    runs: [{ tenantId, userId, sessionId }, {}],
  }
}

export const methods = [
  'addTurn',
  'getLlmContext',
  'estimateTokens',
  'compact',
  'health',
  'snapshot',
  'restore',
  'convert',
  'delete',
  'forget',
  'settled',
  'deleteAll',
  'sessions',
  'users',
  'tenants',
  'runs',
] as const

/** The methods of a store that take arguments. */
export type Method = (typeof methods)[number]

function goodSnapshot(): Uint8Array {
  return new TextEncoder().encode(
    '{"format":"harborage.memory","version":1,"strategy":"truncation","summary":"","turns":[],"turnIds":[]}',
  )
}
