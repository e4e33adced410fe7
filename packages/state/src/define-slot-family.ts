import { KnownNames, readArguments } from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineSlot } from './define-slot.ts'
import { checkMembers, checkPrefix, kindOfKey } from './internal/check-family.ts'
import { checkDefinition, checkStore } from './internal/check-typed-slot.ts'
import { SlotCodec } from './internal/slot-codec.ts'
import type { FamilyMember, SlotFamily, SlotFamilyDefinition } from './slot-family.ts'

const familyNames = new KnownNames('the definition', ['prefix', 'schema', 'version', 'migrate'])

/**
 * Defines slots that have one schema, and whose kinds are a prefix and a key. The definition is
 * independent of a store and reusable.
 *
 * @throws `invalid_record` if a part of the definition is malformed, or `schema` is not a Standard
 * Schema.
 *
 * @example
 * ```ts
 * import { openStateStore, slotFamily } from '@harborage/state'
 * import { z } from 'zod'
 *
 * const steps = slotFamily({ prefix: 'step.', schema: z.object({ tool: z.string() }) })
 *
 * await using state = await openStateStore()
 * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * await steps.slot('001').save(state, session, { tool: 'search' })
 * await steps.slot('002').save(state, session, { tool: 'write' })
 * for await (const { key, value } of steps.list(state, session, { order: 'descending' })) {
 *   console.log(key, value.tool)
 * }
 * ```
 */
export function slotFamily<Schema extends StandardSchemaV1>(
  definition: SlotFamilyDefinition<Schema>,
): SlotFamily<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>> {
  type Output = StandardSchemaV1.InferOutput<Schema>
  const { kind: prefix, ...form } = readArguments(() => {
    const { prefix: beginning, ...rest } = definition
    familyNames.check(definition)
    return checkDefinition({
      ...rest,
      kind: checkPrefix(beginning),
    })
  })
  return {
    prefix,
    slot(key) {
      const kind = readArguments(() => kindOfKey('key', prefix, key))
      return defineSlot<Schema>({ ...form, kind })
    },
    list(store, identity, options) {
      const given = readArguments(() => checkMembers(prefix, options))
      const records = checkStore(store).list(identity, prefix, given)
      const caller = { store, signal: given.signal }
      return {
        async *[Symbol.asyncIterator](): AsyncGenerator<FamilyMember<Output>> {
          for await (const { kind, eventId, bytes, version } of records) {
            const value = await new SlotCodec({ ...form, kind }).decode(bytes, version, caller)
            yield { key: kind.slice(prefix.length), value, eventId }
          }
        },
      }
    },
  }
}
