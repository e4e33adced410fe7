import { HarborageError, isHarborageError, newEventId } from '@harborage/core'
import { checkEventId, checkOwner, readArguments } from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { readEntries } from './internal/check-entries.ts'
import { slotRules } from './internal/check-slots.ts'
import {
  checkCall,
  checkDefinition,
  checkFill,
  checkHeld,
  checkSave,
  checkStore,
  checkUpdate,
  signalOf,
} from './internal/check-typed-slot.ts'
import { SlotCodec } from './internal/slot-codec.ts'
import { pauseAfter, updateQueueOf } from './internal/update-queue.ts'
import { settle, type Caller } from './internal/user-code.ts'
import type { StateRecord } from './state-record.ts'
import type { SlotDefinition, TypedSlot } from './typed-slot.ts'

/**
 * Defines a slot that holds values instead of bytes. The definition is independent of a store and
 * reusable.
 *
 * @throws `invalid_record` if a part of the definition is malformed, or `schema` is not a Standard
 * Schema.
 *
 * @example
 * ```ts
 * import { defineSlot, openStateStore } from '@harborage/state'
 * import { z } from 'zod'
 *
 * const costs = defineSlot({ kind: 'session.costs', schema: z.object({ cents: z.number() }) })
 *
 * await using state = await openStateStore()
 * const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * await costs.update(state, session, (held) => ({ cents: (held?.cents ?? 0) + 12 }))
 * await costs.load(state, session) // { cents: 12 }
 * ```
 */
export function defineSlot<Schema extends StandardSchemaV1>(
  definition: SlotDefinition<Schema>,
): TypedSlot<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>> {
  const form = readArguments(() => checkDefinition(definition))
  const { kind, version } = form
  const codec = new SlotCodec(form)
  type Slot = TypedSlot<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>>

  async function decodeHeld(
    record: StateRecord,
    caller?: Caller,
  ): Promise<StandardSchemaV1.InferOutput<Schema>> {
    const { bytes, version: saved } = readArguments(() => checkHeld(kind, record))
    return codec.decode(bytes, saved, caller)
  }

  const slot: Slot = {
    kind,
    async load(store, identity, options) {
      return (await slot.loadWithEventId(store, identity, options))?.value
    },
    async loadMany(store, owners, options) {
      const slots = checkCall(store, () =>
        readEntries('owners', owners, slotRules).map((identity) => ({ identity, kind })),
      )
      const records = await store.loadMany(slots, options)
      return Promise.all(records.map(async (record) => record && slot.decode(record)))
    },
    async loadWithEventId(store, identity, options) {
      const loading = checkStore(store).load(identity, kind, options)
      const caller = { store, signal: signalOf(options) }
      const record = await loading
      if (record === undefined) return undefined
      return { value: await decodeHeld(record, caller), eventId: record.eventId }
    },
    async save(store, identity, value, given) {
      const { owner, eventId, expiresAt, options } = checkCall(store, () => ({
        owner: checkOwner(identity),
        ...checkSave(given),
      }))
      const { bytes } = await codec.encode(value, { store, signal: options.signal })
      return store.save({ eventId, identity: owner, kind, bytes, version, expiresAt }, options)
    },
    async saveIfEmpty(store, identity, value, given) {
      const { owner, eventId, expiresAt, options } = checkCall(store, () => ({
        owner: checkOwner(identity),
        ...checkFill(given),
      }))
      const { bytes } = await codec.encode(value, { store, signal: options.signal })
      return store.saveIfEmpty(
        { eventId, identity: owner, kind, bytes, version, expiresAt },
        options,
      )
    },
    async delete(store, identity, options) {
      return checkStore(store).delete(identity, kind, options)
    },
    async record(identity, value, eventId = newEventId()) {
      const checked = readArguments(() => ({
        identity: checkOwner(identity),
        eventId: checkEventId('eventId', eventId),
      }))
      const { bytes } = await codec.encode(value)
      return { ...checked, kind, bytes, version }
    },
    decode: (record) => decodeHeld(record),
    async update(store, identity, change, given) {
      const { owner, eventId, attempts, expiresAt, options } = checkCall(store, () => ({
        owner: checkOwner(identity),
        ...checkUpdate(change, given),
      }))
      const caller = { store, signal: options.signal }
      const queue = updateQueueOf(store)
      let endTurn: (() => void) | undefined
      let hadConflict = false
      const mustWait = queue.enter(owner, kind)
      try {
        if (mustWait) endTurn = await queue.waitForTurn(owner, kind, options.signal)
        for (let attempt = 1; ; attempt += 1) {
          const held = await slot.loadWithEventId(store, owner, options)
          if (held !== undefined && held.eventId === eventId) return held.value
          const changed = await settle(change(held?.value), caller)
          const { bytes, value } = await codec.encode(changed, caller)
          const content = { kind, bytes, version, expiresAt }
          const record = { eventId: eventId ?? newEventId(), identity: owner, ...content }
          try {
            const outcome = await store.save(record, {
              ...options,
              ifEventId: held?.eventId ?? null,
            })
            if (eventId === undefined || outcome !== 'superseded') return value
            // Another call of this update applied it, and the value was replaced since.
            const successor = await slot.loadWithEventId(store, owner, options)
            if (successor !== undefined) return successor.value
            throw appliedBefore()
          } catch (error) {
            if (eventId !== undefined && isHarborageError(error, 'idempotency_conflict')) {
              // Either another call of this update saved its own value, or the id was used for
              // another slot. The next attempt shows which: in the first case the slot holds or
              // remembers the event id.
              if (!hadConflict) {
                hadConflict = true
                continue
              }
              const applied = await slot.loadWithEventId(store, owner, options)
              if (applied?.eventId === eventId) return applied.value
              if (applied === undefined) throw appliedBefore(error)
            }
            if (!isHarborageError(error, 'condition_failed') || attempt >= attempts) throw error
            if (endTurn === undefined)
              endTurn = await queue.waitForTurn(owner, kind, options.signal)
            else await pauseAfter(attempt, options.signal)
          }
        }
      } finally {
        endTurn?.()
        queue.leave(owner, kind)
      }
    },
  }
  return slot
}

/** Returns the error of an update whose event id is in use, although its slot holds no value. */
function appliedBefore(cause?: unknown): HarborageError {
  return new HarborageError(
    'idempotency_conflict',
    'the event id was used before: either this update was applied, and what the slot held since has expired or was deleted, or another slot has it. To apply the update again, make a new one with newEventId()',
    { cause },
  )
}
