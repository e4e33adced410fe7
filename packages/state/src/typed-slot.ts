import {
  type CallOptions,
  type EventId,
  HarborageError,
  isHarborageError,
  newEventId,
  type RunIdentity,
} from '@harborage/core'
import {
  checkEventId,
  checkRunIdentity,
  checkSignal,
  KnownNames,
  readArguments,
  assertStoreOpen,
} from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { checkGivenEventId } from './internal/check-options.ts'
import { checkCondition, checkKind, checkVersion } from './internal/check-record.ts'
import { SlotCodec, type SlotForm } from './internal/slot-codec.ts'
import { pauseAfter, turnsOf } from './internal/slot-turns.ts'
import type { NewStateRecord, SaveOutcome, StateRecord } from './state-record.ts'
import type { DeleteOptions, SaveOptions, StateStore } from './state-store.ts'

/** What {@link defineSlot} takes. */
export interface SlotDefinition<Schema extends StandardSchemaV1> {
  /** The kind under which the values are kept, such as `task.checkpoint`. */
  readonly kind: string
  /** Any Standard Schema: zod, valibot, arktype and others. Values are kept as JSON. */
  readonly schema: Schema
  /** The version of the value's form, kept with each value: a safe integer >= 0. Default: 0. */
  readonly version?: number
  /** Turns a value that an older version of the application saved into today's form, or a promise of it, before it is validated. */
  readonly migrate?: (value: unknown, fromVersion: number) => unknown
}

/** Options of {@link TypedSlot.save}. */
export interface TypedSaveOptions extends SaveOptions {
  /** The idempotency key. Default: a new one; give one if the save may be retried by another process. */
  readonly eventId?: EventId
}

/** Options of {@link TypedSlot.update}. */
export interface UpdateOptions extends CallOptions {
  /** How often to try because another writer came first, at least 1. Default: 100. */
  readonly attempts?: number
  /**
   * The idempotency key of this update. With it the call may be repeated, after `outcome_unknown` for example: an
   * update that was applied before is not applied again. Default: a new one, so that a repeated call is a new update.
   */
  readonly eventId?: EventId
}

/** A value and the event id of its save, for a later `ifEventId`. */
export interface SlotValue<Value> {
  readonly value: Value
  readonly eventId: EventId
}

/** A slot whose values are checked by a schema on the way in and on the way out. */
export interface TypedSlot<Input, Output> {
  readonly kind: string
  /**
   * Gives the value, or `undefined` if the slot is empty.
   *
   * @throws `invalid_record` if what is stored does not fit the schema, or was saved by a newer version.
   */
  load(store: StateStore, identity: RunIdentity, options?: CallOptions): Promise<Output | undefined>
  /** As {@link TypedSlot.load}, with the event id of the save. */
  loadWithEventId(
    store: StateStore,
    identity: RunIdentity,
    options?: CallOptions,
  ): Promise<SlotValue<Output> | undefined>
  /**
   * Saves a value, as `StateStore.save` does.
   *
   * @throws `invalid_record` if it does not fit the schema, or would not after the way through JSON.
   */
  save(
    store: StateStore,
    identity: RunIdentity,
    value: Input,
    options?: TypedSaveOptions,
  ): Promise<SaveOutcome>
  /** Empties the slot, as `StateStore.delete` does. */
  delete(store: StateStore, identity: RunIdentity, options?: DeleteOptions): Promise<boolean>
  /**
   * Makes the record that {@link TypedSlot.save} would save, as one of the saves of a `StateStore.commit`.
   *
   * @param eventId The idempotency key. Default: a new one.
   * @throws `invalid_record` as {@link TypedSlot.save}.
   */
  record(identity: RunIdentity, value: Input, eventId?: EventId): Promise<NewStateRecord>
  /**
   * Gives the value of a record that was loaded otherwise, as by `StateStore.list`.
   *
   * @throws `invalid_record` if it is of another kind; or as {@link TypedSlot.load}.
   */
  decode(record: StateRecord): Promise<Output>
  /**
   * Changes the value with nobody in between: loads it, asks `change` for the new one, saves that if the slot still
   * holds what was loaded, and starts again if not. `change` may therefore be called several times.
   *
   * Updates of one slot that meet in a process take turns, so that any number of them succeed. A turn ends after a second
   * at the latest, however long `change` takes. Between processes an update waits a random time after each conflict.
   *
   * @returns The value that was saved; with an `eventId` that was applied before, what the slot holds now.
   * @throws `condition_failed` if another writer came first in every attempt; `idempotency_conflict` if the tenant used
   * the `eventId` for another slot.
   */
  update(
    store: StateStore,
    identity: RunIdentity,
    change: (current: Output | undefined) => Input | Promise<Input>,
    options?: UpdateOptions,
  ): Promise<Output>
}

const DEFAULT_ATTEMPTS = 100

const definitionNames = new KnownNames('the definition', ['kind', 'schema', 'version', 'migrate'])
const saveNames = new KnownNames('options', ['signal', 'ifEventId', 'eventId'])
const updateNames = new KnownNames('options', ['signal', 'attempts', 'eventId'])

/**
 * Defines a typed slot, for values instead of bytes.
 *
 * @throws `invalid_record` if the kind or the version is malformed.
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

  const slot: Slot = {
    kind,
    async load(store, identity, options) {
      return (await slot.loadWithEventId(store, identity, options))?.value
    },
    async loadWithEventId(store, identity, options) {
      const record = await checkStore(store).load(identity, kind, options)
      if (record === undefined) return undefined
      return { value: await slot.decode(record), eventId: record.eventId }
    },
    async save(store, identity, value, given) {
      const { owner, eventId, options } = checkCall(store, () => ({
        owner: checkRunIdentity(identity),
        ...checkSave(given),
      }))
      const { bytes } = await codec.encode(value)
      return store.save({ eventId, identity: owner, kind, bytes, version }, options)
    },
    async delete(store, identity, options) {
      return checkStore(store).delete(identity, kind, options)
    },
    async record(identity, value, eventId = newEventId()) {
      const checked = readArguments(() => ({
        identity: checkRunIdentity(identity),
        eventId: checkEventId('eventId', eventId),
      }))
      const { bytes } = await codec.encode(value)
      return { ...checked, kind, bytes, version }
    },
    async decode(record) {
      const held = readArguments(() => checkHeld(kind, record))
      return codec.decode(held.bytes, held.version)
    },
    async update(store, identity, change, given) {
      const { owner, eventId, attempts, options } = checkCall(store, () => ({
        owner: checkRunIdentity(identity),
        ...checkUpdate(change, given),
      }))
      const turns = turnsOf(store)
      let endTurn: (() => void) | undefined
      let isRefused = false
      const waits = turns.begin(owner, kind)
      try {
        if (waits) endTurn = await turns.take(owner, kind, options.signal)
        for (let attempt = 1; ; attempt += 1) {
          const held = await slot.loadWithEventId(store, owner, options)
          if (held !== undefined && held.eventId === eventId) return held.value
          const { bytes, value } = await codec.encode(await change(held?.value))
          const record = { eventId: eventId ?? newEventId(), identity: owner, kind, bytes, version }
          try {
            const outcome = await store.save(record, {
              ...options,
              ifEventId: held?.eventId ?? null,
            })
            if (eventId === undefined || outcome !== 'superseded') return value
            // Applied before, and replaced since.
            const successor = await slot.loadWithEventId(store, owner, options)
            if (successor !== undefined) return successor.value
          } catch (error) {
            if (eventId !== undefined && isHarborageError(error, 'idempotency_conflict')) {
              // Another call of this update saved its own value, which may have been replaced since.
              // The next save tells: the slot remembers the event id, unless it is of another slot.
              if (!isRefused) {
                isRefused = true
                continue
              }
              const applied = await slot.loadWithEventId(store, owner, options)
              if (applied?.eventId === eventId) return applied.value
            }
            if (!isHarborageError(error, 'condition_failed') || attempt >= attempts) throw error
            if (endTurn === undefined) endTurn = await turns.take(owner, kind, options.signal)
            else await pauseAfter(attempt, options.signal)
          }
        }
      } finally {
        endTurn?.()
        turns.end(owner, kind)
      }
    },
  }
  return slot
}

function checkDefinition<Schema extends StandardSchemaV1>(
  definition: SlotDefinition<Schema>,
): SlotForm<Schema> {
  const { kind, schema, version, migrate } = definition
  definitionNames.check(definition)
  if (!hasMethods(schema?.['~standard'], ['validate'])) {
    throw new HarborageError(
      'invalid_record',
      'schema is no Standard Schema: pass one of zod, valibot or arktype',
    )
  }
  if (migrate !== undefined && typeof migrate !== 'function') {
    throw new HarborageError(
      'invalid_record',
      'migrate is not a function: pass one, or leave it out',
    )
  }
  const form = { kind: checkKind(kind), schema, version: checkVersion(version) }
  return migrate === undefined ? form : { ...form, migrate }
}

/** Checks, as a store does, first that it is open and then the arguments. */
function checkCall<Checked>(store: StateStore, check: () => Checked): Checked {
  assertStoreOpen(checkStore(store))
  return readArguments(check)
}

/** Whatever has the calls of a store will do: there may be several copies of its class, or one around it. */
function checkStore(store: StateStore): StateStore {
  if (hasMethods(store, ['load', 'save', 'delete'])) return store
  throw new HarborageError(
    'invalid_record',
    'store is not a state store: pass what openStateStore() gave',
  )
}

function checkHeld(
  kind: string,
  record: StateRecord,
): { readonly bytes: Uint8Array; readonly version: number } {
  const { kind: found, bytes, version } = record
  if (found !== kind)
    throw new HarborageError('invalid_record', `the record is not of the kind ${kind}`)
  return { bytes, version: checkVersion(version) }
}

function checkSave(given: TypedSaveOptions | undefined): {
  readonly eventId: EventId
  readonly options: SaveOptions
} {
  const signal = checkSignal(given, saveNames)
  const ifEventId = checkCondition(given)
  return {
    eventId: checkGivenEventId(given) ?? newEventId(),
    options: { ...withSignal(signal), ...(ifEventId === undefined ? {} : { ifEventId }) },
  }
}

function checkUpdate(
  change: unknown,
  given: UpdateOptions | undefined,
): {
  readonly attempts: number
  readonly eventId: EventId | undefined
  readonly options: CallOptions
} {
  if (typeof change !== 'function') {
    throw new HarborageError(
      'invalid_record',
      'change is not a function: pass one that gives the new value',
    )
  }
  const signal = checkSignal(given, updateNames)
  const { attempts = DEFAULT_ATTEMPTS } = given ?? {}
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new HarborageError(
      'invalid_record',
      'options.attempts must be a whole number of at least 1',
    )
  }
  return { attempts, eventId: checkGivenEventId(given), options: withSignal(signal) }
}

function withSignal(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal }
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return readArguments(
    () =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
  )
}
