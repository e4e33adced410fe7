import type { JsonValue } from '@harborage/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineSlot } from './define-slot.ts'
import type { TypedSlot } from './typed-slot.ts'

/**
 * Defines a typed slot that takes any JSON value, for values that need no schema.
 *
 * @param kind The kind of the slot, such as `task.notes`.
 * @throws `invalid_record` if the kind is malformed.
 *
 * @example
 * ```ts
 * import { jsonSlot, openStateStore } from '@harborage/state'
 *
 * const notes = jsonSlot('session.notes')
 *
 * await using state = await openStateStore()
 * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * await notes.save(state, session, { title: 'Tea', tags: ['green'] })
 * await notes.load(state, session) // { title: 'Tea', tags: ['green'] }
 * ```
 */
export function jsonSlot(kind: string): TypedSlot<JsonValue, JsonValue> {
  return defineSlot({ kind, schema: anyJson })
}

const anyJson: StandardSchemaV1<JsonValue> = {
  '~standard': {
    version: 1,
    vendor: 'harborage',
    validate: (value) =>
      isJson(value) ? { value } : { issues: [{ message: 'the value is not JSON' }] },
  },
}

function isJson(value: unknown): value is JsonValue {
  if (typeof value !== 'object') return ['string', 'number', 'boolean'].includes(typeof value)
  return value === null || Object.values(value).every(isJson)
}
