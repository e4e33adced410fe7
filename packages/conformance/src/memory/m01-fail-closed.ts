import assert from 'node:assert/strict'
import type { ErrorCode, EventId, RunIdentity } from '@harborage/core'
import type { MemoryRules } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { invalidCallOptions, invalidNames } from '../support/malformed-values.ts'
import { malformed } from '../support/malformed.ts'
import type { MemoryFixture } from './support/fixture.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformedTurns } from './support/malformed-turns.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import {
  memoryMethods,
  validArguments,
  type MemoryMethod,
  type MethodArguments,
} from './support/memory-methods.ts'
import { strategies } from './support/strategies.ts'

const MISSING = '<missing>'

/**
 * Registers the cases of M1: every method checks first that the store is open, then the identity,
 * then the other arguments, and publishes an event for each rejected identity.
 */
export function failClosed({ it }: MemoryCases): void {
  for (const rules of strategies) {
    for (const method of memoryMethods) {
      const what = `${method.name} under ${rules.strategy}`

      it(`M1 ${what} rejects an identity with a missing part, and publishes one event`, async (fixture) => {
        const identity = freshIdentity()
        const incomplete = [
          ...identitiesWithEmptyPart(identity),
          ...identitiesWithoutPart(identity),
        ].filter((given) => given !== undefined || !takesNoIdentity(method))
        await assertRejected(fixture, rules, method, 'identity_required', incomplete)
        const published = fixture.events.all.map((event) => ({ ...event.identity }))
        assert.deepEqual(published, incomplete.map(withPlaceholders))
      })

      it(`M1 ${what} rejects an identity with a malformed part, and publishes one event`, async (fixture) => {
        const given = malformedIdentities(freshIdentity(), ['runId'])
        await assertRejected(fixture, rules, method, 'invalid_identity', given)
      })

      it(`M1 ${what} checks the identity before the other arguments`, async (fixture) => {
        const store = await fixture.open(rules)
        for (const wrong of malformedArguments(method)) {
          const given = { ...wrong, identity: { ...wrong.identity, userId: '' } }
          await assertFails('identity_required', () => method.call(store, given))
        }
      })

      it(`M1 ${what} rejects other malformed arguments, and publishes nothing`, async (fixture) => {
        const store = await fixture.open(rules)
        for (const wrong of malformedArguments(method)) {
          await assertFails('invalid_record', () => method.call(store, wrong))
        }
        assert.deepEqual(fixture.events.all, [])
      })

      it(`M1 ${what} checks first that the store is open, and publishes nothing`, async (fixture) => {
        const store = await fixture.open(rules)
        await store.close()
        const given = validArguments(malformed({ tenantId: 'acme' }))
        await assertFails('store_closed', () => method.call(store, given))
        assert.deepEqual(fixture.events.all, [])
      })
    }
  }
}

/** Checks that each identity is rejected, and that each rejection is published exactly once. */
async function assertRejected(
  { open, events }: MemoryFixture,
  rules: Partial<MemoryRules>,
  method: MemoryMethod,
  reason: ErrorCode,
  identities: readonly unknown[],
): Promise<void> {
  const store = await open(rules)
  for (const identity of identities) {
    const before = events.all.length
    const given = validArguments(malformed<RunIdentity>(identity))
    await assertFails(reason, () => method.call(store, given), method.name)
    assert.equal(events.all.length, before + 1, 'exactly one event has to be published')
  }
  for (const { type, payload, occurredAt } of events.all) {
    assert.equal(type, 'memory.identity_rejected')
    assert.deepEqual(payload, { operation: method.name, reason })
    assert.ok(
      Math.abs(Date.now() - occurredAt.getTime()) < 60_000,
      'the event has to have the current time',
    )
  }
}

/** Returns whether the method may be called without an identity, for all conversations. */
function takesNoIdentity({ name }: MemoryMethod): boolean {
  return name === 'settled'
}

/** Returns the identity of an event, with placeholders for missing parts. */
function withPlaceholders(identity: unknown): Record<string, unknown> {
  const parts: Partial<Record<string, unknown>> = Object.assign({}, identity)
  return Object.fromEntries(
    ['tenantId', 'userId', 'sessionId'].map((part) => [part, parts[part] || MISSING]),
  )
}

/** Returns arguments of which one is malformed, other than the identity and the snapshot. */
function malformedArguments({ takes }: MemoryMethod): MethodArguments[] {
  const given = validArguments(freshIdentity())
  return [
    ...(takes.includes('options')
      ? invalidCallOptions.map((options) => ({ ...given, options: malformed<object>(options) }))
      : []),
    ...(takes.includes('turnId')
      ? [...invalidNames, 'x'.repeat(129)].map((turnId) => ({
          ...given,
          turnId: malformed<EventId>(turnId),
        }))
      : []),
    ...(takes.includes('turn')
      ? malformedTurns.map(([, turn]) => ({ ...given, turn: malformed<typeof given.turn>(turn) }))
      : []),
  ]
}
