import type { Identity } from '@harborage/core'

const parts = ['tenantId', 'userId', 'sessionId'] as const

/** What every call refuses with `identity_required`. */
export function identitiesWithEmptyPart(identity: Identity): unknown[] {
  return [
    undefined,
    null,
    ...parts.flatMap((part) => [null, ''].map((empty) => ({ ...identity, [part]: empty }))),
  ]
}

/** What a call refuses with `identity_required`, unless it is a walk that may cross identities. */
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

/** What every call refuses with `invalid_identity`; the optional parts are those that the call takes besides. */
export function malformedIdentities(
  identity: Identity,
  optionalParts: readonly string[],
): unknown[] {
  const values = [7, true, {}, ['acme'], '\ud800', 'a\udc00b', '\0', 'acme\0', 'x'.repeat(257)]
  const whole = [7, true, 'acme', () => identity]
  return [
    ...whole,
    { ...identity, runID: 'run' },
    { ...identity, ttl: undefined },
    ...[...parts, ...optionalParts].flatMap((part) =>
      values.map((value) => ({ ...identity, [part]: value })),
    ),
  ]
}
