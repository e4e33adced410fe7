import type { Identity } from '@harborage/core'

const parts = ['tenantId', 'userId', 'sessionId'] as const

/** Returns identities that every call rejects with `identity_required`. */
export function identitiesWithEmptyPart(identity: Identity): unknown[] {
  return [
    undefined,
    null,
    ...parts.flatMap((part) => [null, ''].map((empty) => ({ ...identity, [part]: empty }))),
  ]
}

/**
 * Returns identities that every call rejects with `identity_required`, except for walks that may
 * cross identities.
 */
export function identitiesWithoutPart(identity: Identity): unknown[] {
  const { tenantId, userId, sessionId } = identity
  return [
    {},
    { userId, sessionId },
    { tenantId, sessionId },
    { tenantId, userId },
    ...parts.map((part) => ({ ...identity, [part]: undefined })),
  ]
}

/**
 * Returns identities that every call rejects with `invalid_identity`.
 *
 * @param optionalParts The optional parts that the call accepts.
 */
export function malformedIdentities(
  identity: Identity,
  optionalParts: readonly string[],
): unknown[] {
  const values = [7, true, {}, ['acme'], '\ud800', 'a\udc00b', '\0', 'acme\0', 'x'.repeat(257)]
  const notObjects = [7, true, 'acme', () => identity]
  return [
    ...notObjects,
    { ...identity, runID: 'run' },
    { ...identity, ttl: undefined },
    ...[...parts, ...optionalParts].flatMap((part) =>
      values.map((value) => ({ ...identity, [part]: value })),
    ),
  ]
}
