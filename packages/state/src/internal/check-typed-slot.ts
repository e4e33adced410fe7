import { type CallOptions, type EventId, HarborageError, newEventId } from '@harborage/core'
import {
  assertStoreOpen,
  checkEventId,
  checkExpiry,
  checkSignal,
  KnownNames,
  readArguments,
} from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { SaveOptions, StateRecord } from '../state-record.ts'
import type { StateStore } from '../state-store.ts'
import type {
  SlotDefinition,
  TypedExpiry,
  TypedFillOptions,
  TypedSaveOptions,
  UpdateOptions,
} from '../typed-slot.ts'
import { checkCondition, checkKind, checkVersion } from './check-record.ts'
import type { SlotForm } from './slot-codec.ts'

const DEFAULT_ATTEMPTS = 100

const definitionNames = new KnownNames('the definition', ['kind', 'schema', 'version', 'migrate'])
const saveNames = new KnownNames('options', ['signal', 'ifEventId', 'eventId', 'expiresAt'])
const fillNames = new KnownNames('options', ['signal', 'eventId', 'expiresAt'])
const updateNames = new KnownNames('options', ['signal', 'attempts', 'eventId', 'expiresAt'])

/** Checks the argument of `defineSlot`. */
export function checkDefinition<Schema extends StandardSchemaV1>(
  definition: SlotDefinition<Schema>,
): SlotForm<Schema> {
  const { kind, schema, version, migrate } = definition
  definitionNames.check(definition)
  if (!hasMethods(schema?.['~standard'], ['validate'])) {
    throw new HarborageError(
      'invalid_record',
      'schema is not a Standard Schema: pass one of zod, valibot or arktype',
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

/**
 * Checks that the store is open, then the arguments: the order in which the store itself checks.
 */
export function checkCall<Checked>(store: StateStore, check: () => Checked): Checked {
  assertStoreOpen(checkStore(store))
  return readArguments(check)
}

/**
 * Checks for methods, not for the class: there may be several copies of it, or a wrapper around a
 * store.
 */
export function checkStore(store: StateStore): StateStore {
  if (hasMethods(store, ['load', 'save', 'delete'])) return store
  throw new HarborageError(
    'invalid_record',
    'store is not a state store: pass the result of openStateStore()',
  )
}

/** Checks a record that a caller wants to decode. */
export function checkHeld(
  kind: string,
  record: StateRecord,
): { readonly bytes: Uint8Array; readonly version: number } {
  const { kind: found, bytes, version } = record
  if (found !== kind)
    throw new HarborageError('invalid_record', `the record is not of the kind ${kind}`)
  return { bytes, version: checkVersion(version) }
}

/** Checks the options of `TypedSlot.save`. */
export function checkSave(given: TypedSaveOptions | undefined): {
  readonly eventId: EventId
  readonly expiresAt: Date | undefined
  readonly options: SaveOptions
} {
  const signal = checkSignal(given, saveNames)
  const ifEventId = checkCondition(given)
  return {
    eventId: checkGivenEventId(given) ?? newEventId(),
    expiresAt: checkGivenExpiry(given),
    options: { ...withSignal(signal), ...(ifEventId === undefined ? {} : { ifEventId }) },
  }
}

/** Checks the options of `TypedSlot.saveIfEmpty`. */
export function checkFill(given: TypedFillOptions | undefined): {
  readonly eventId: EventId
  readonly expiresAt: Date | undefined
  readonly options: CallOptions
} {
  const signal = checkSignal(given, fillNames)
  return {
    eventId: checkGivenEventId(given) ?? newEventId(),
    expiresAt: checkGivenExpiry(given),
    options: withSignal(signal),
  }
}

/** Checks the arguments of `TypedSlot.update`. */
export function checkUpdate(
  change: unknown,
  given: UpdateOptions | undefined,
): {
  readonly attempts: number
  readonly eventId: EventId | undefined
  readonly expiresAt: Date | undefined
  readonly options: CallOptions
} {
  if (typeof change !== 'function') {
    throw new HarborageError(
      'invalid_record',
      'change is not a function: pass one that returns the new value',
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
  return {
    attempts,
    eventId: checkGivenEventId(given),
    expiresAt: checkGivenExpiry(given),
    options: withSignal(signal),
  }
}

/**
 * Returns the signal among options that a store checks by itself, or `undefined` if it will reject
 * them.
 */
export function signalOf(options: CallOptions | undefined): AbortSignal | undefined {
  try {
    return checkSignal(options)
  } catch {
    return undefined
  }
}

function withSignal(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal }
}

/**
 * Returns the event id among the options, if there is one. Rejects an explicit `undefined`: the
 * call would get a new id, and a retry would be applied again.
 */
function checkGivenEventId(
  options: { readonly eventId?: EventId } | undefined,
): EventId | undefined {
  if (options === undefined || options === null || !('eventId' in options)) return undefined
  return checkEventId('options.eventId', options.eventId)
}

function checkGivenExpiry(options: TypedExpiry | undefined): Date | undefined {
  const expiresAt = options?.expiresAt
  return expiresAt === undefined ? undefined : checkExpiry(expiresAt)
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return readArguments(
    () =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
  )
}
