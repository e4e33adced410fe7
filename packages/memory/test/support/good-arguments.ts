import { allOfRun, allOfTenant, allOfUser, newEventId, type RunIdentity } from '@harborage/core'
import type { DumpedConversation } from '@harborage/memory'
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
    dump: [{ maintenanceScoped: true }, {}],
    loadDump: [{ maintenanceScoped: true }, [goodConversation()], {}],
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
  'dump',
  'loadDump',
  'sessions',
  'users',
  'tenants',
  'runs',
] as const

/** The methods of a store that take arguments. */
export type Method = (typeof methods)[number]

function goodConversation(): DumpedConversation {
  const turnId = newEventId()
  const text = JSON.stringify({ turnId, timestamp: 0, userMessage: 'a', assistantResponse: 'b' })
  return {
    identity: { ...identity, runId: 'dumped' },
    header: {
      strategy: 'truncation',
      nextPosition: 2,
      turns: 1,
      tokens: 5,
      turnIds: [turnId],
      health: 'healthy',
      failures: 0,
      foldClaimId: undefined,
      lastAppliedId: undefined,
      lineage: 77,
    },
    summary: '',
    turns: [{ position: 1, tokens: 5, text }],
    turnIds: [{ turnId: newEventId(), position: 0, at: 5, lineage: 77 }],
  }
}

function goodSnapshot(): Uint8Array {
  return new TextEncoder().encode(
    '{"format":"harborage.memory","version":1,"strategy":"truncation","summary":"","turns":[],"turnIds":[]}',
  )
}
