import assert from 'node:assert/strict'
import type { ErrorCode, RunIdentity } from '@harborage/core'
import type { MemoryRules } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { notSignals } from '../support/malformed-values.ts'
import { malformed } from '../support/malformed.ts'
import type { Bench } from './support/bench.ts'
import { freshSession } from './support/fresh-session.ts'
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

/** M1: every method checks that the store is open, then the identity, then the rest; and tells of a refused identity. */
export function failClosed({ it }: MemoryCases): void {
  for (const rules of strategies) {
    for (const method of memoryMethods) {
      const what = `${method.name} under ${rules.strategy}`

      it(`M1 ${what} refuses an identity with a missing part, and says so once`, async (bench) => {
        const identity = freshSession()
        const incomplete = [
          ...identitiesWithEmptyPart(identity),
          ...identitiesWithoutPart(identity),
        ].filter((given) => given !== undefined || !isForAll(method))
        await assertRefused(bench, rules, method, 'identity_required', incomplete)
        const told = bench.events.all.map((event) => ({ ...event.identity }))
        assert.deepEqual(told, incomplete.map(withMarks))
      })

      it(`M1 ${what} refuses an identity with a malformed part, and says so once`, async (bench) => {
        const given = malformedIdentities(freshSession(), ['runId'])
        await assertRefused(bench, rules, method, 'invalid_identity', given)
      })

      it(`M1 ${what} checks the identity before the rest`, async (bench) => {
        const store = await bench.open(rules)
        for (const wrong of malformedArguments(method)) {
          const given = { ...wrong, identity: { ...wrong.identity, userId: '' } }
          await assertFails('identity_required', () => method.call(store, given))
        }
      })

      it(`M1 ${what} refuses other malformed arguments, and says nothing`, async (bench) => {
        const store = await bench.open(rules)
        for (const wrong of malformedArguments(method)) {
          await assertFails('invalid_record', () => method.call(store, wrong))
        }
        assert.deepEqual(bench.events.all, [])
      })

      it(`M1 ${what} checks first that the store is open, and says nothing`, async (bench) => {
        const store = await bench.open(rules)
        await store.close()
        const given = validArguments(malformed({ tenantId: 'acme' }))
        await assertFails('store_closed', () => method.call(store, given))
        assert.deepEqual(bench.events.all, [])
      })
    }
  }
}

/** Checks that each identity is refused, and that each refusal is published exactly once. */
async function assertRefused(
  { open, events }: Bench,
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
    assert.ok(Math.abs(Date.now() - occurredAt.getTime()) < 60_000, 'it happened just now')
  }
}

/** Without an identity, `settled` waits for all conversations. */
function isForAll({ name }: MemoryMethod): boolean {
  return name === 'settled'
}

/** The identity as an event tells it. */
function withMarks(identity: unknown): Record<string, unknown> {
  const parts: Partial<Record<string, unknown>> = Object.assign({}, identity)
  return Object.fromEntries(
    ['tenantId', 'userId', 'sessionId'].map((part) => [part, parts[part] || MISSING]),
  )
}

/** Every way in which one argument other than the identity and the snapshot can be wrong. */
function malformedArguments({ takes }: MemoryMethod): MethodArguments[] {
  const given = validArguments(freshSession())
  return [
    ...(takes.includes('options')
      ? notSignals.map((options) => ({ ...given, options: malformed<object>(options) }))
      : []),
    ...(takes.includes('turn')
      ? malformedTurns.map(([, turn]) => ({ ...given, turn: malformed<typeof given.turn>(turn) }))
      : []),
  ]
}
