import type { Owner } from '@harborage/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { StateListOptions } from './list-options.ts'
import type { StateStore } from './state-store.ts'
import type { SlotDefinition, SlotValue, TypedSlot } from './typed-slot.ts'

/** The argument of `slotFamily`: a slot whose kind is completed by a key. */
export interface SlotFamilyDefinition<Schema extends StandardSchemaV1> extends Omit<
  SlotDefinition<Schema>,
  'kind'
> {
  /** What the kinds of all slots begin with, such as `step.`: 1 to 1,023 UTF-8 bytes. */
  readonly prefix: string
}

/** A slot of a family that is not empty. */
export interface FamilyMember<Value> extends SlotValue<Value> {
  /** The kind of the slot without the prefix. */
  readonly key: string
}

/**
 * Slots that have one schema, and whose kinds are a prefix and a key. Make one with `slotFamily`.
 */
export interface SlotFamily<Input, Output> {
  /** What the kinds of all slots begin with. */
  readonly prefix: string
  /**
   * Returns the slot of a key. Its kind is the prefix and the key.
   *
   * @throws `invalid_record` if the key is empty or malformed, or the kind is too long.
   */
  slot(key: string): TypedSlot<Input, Output>
  /**
   * Returns an async iterable over the slots of one owner that are not empty, ordered by the UTF-8
   * bytes of the key; see `StateStore.list`.
   *
   * A malformed argument throws here, not at the first iteration. A slot whose kind is the prefix
   * alone is no member.
   *
   * @param options `from` and `to` are keys.
   * @throws `invalid_record` during the iteration as `TypedSlot.load`.
   */
  list(
    store: StateStore,
    identity: Owner,
    options?: StateListOptions,
  ): AsyncIterable<FamilyMember<Output>>
}
