import { HarborageError, type Identity } from '@harborage/core'
import { readProperty } from '@harborage/core/kit'
import type { MemoryEvents } from '../memory-events.ts'

const MISSING = '<missing>'
const MALFORMED = '<malformed>'

/**
 * Publishes that an identity was rejected, and resolves to the error to throw. If publishing fails
 * too, the error names both failures.
 */
export async function rejectIdentity(
  events: MemoryEvents,
  operation: string,
  identity: unknown,
  refusal: HarborageError,
): Promise<HarborageError> {
  try {
    await events.identityRejected(partsOf(identity), operation, refusal.code)
    return refusal
  } catch (failure) {
    const message = `${refusal.message}; and the event bus failed to publish memory.identity_rejected`
    const cause = new AggregateError([refusal, failure], message)
    return refusal.code === 'invalid_identity'
      ? new HarborageError('invalid_identity', message, { cause })
      : new HarborageError('identity_required', message, { cause })
  }
}

/** Publishes that an identity was rejected, if it was, without waiting for that. */
export function publishRejection(
  events: MemoryEvents,
  operation: string,
  identity: unknown,
  { code }: HarborageError,
): void {
  if (code !== 'identity_required' && code !== 'invalid_identity') return
  events.identityRejectedMeanwhile(partsOf(identity), operation, code)
}

function partsOf(identity: unknown): Identity {
  return {
    tenantId: partOf(identity, 'tenantId'),
    userId: partOf(identity, 'userId'),
    sessionId: partOf(identity, 'sessionId'),
  }
}

function partOf(identity: unknown, part: string): string {
  if (typeof identity !== 'object' || identity === null) return MISSING
  try {
    const value = readProperty(identity, part)
    if (value === undefined || value === null || value === '') return MISSING
    return typeof value === 'string' && value.length <= 256 && value.isWellFormed()
      ? value
      : MALFORMED
  } catch {
    return MALFORMED
  }
}
