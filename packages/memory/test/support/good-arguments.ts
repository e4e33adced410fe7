import { newEventId, type RunIdentity } from '@harborage/core'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'

export const identity: RunIdentity = {
  tenantId: 'acme',
  userId: 'ann',
  sessionId: 's1',
  runId: 'r1',
}

/** Arguments with which each method succeeds. */
export function goodArguments(): Record<Method, unknown[]> {
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
] as const

/** The methods of a store that take arguments. */
export type Method = (typeof methods)[number]

function goodSnapshot(): Uint8Array {
  return new TextEncoder().encode(
    '{"format":"harborage.memory","version":1,"strategy":"truncation","summary":"","turns":[],"turnIds":[]}',
  )
}
