import type { SlotDescription, StateRecord } from '@harborage/state'

/** A type of slots that this package writes. */
export interface SlotType {
  /** What its slots hold, in a few words. */
  readonly label: string
  /** Returns what a kind names, or `undefined` if a slot of this type cannot have it. */
  readonly names: (kind: string) => SlotDescription['names'] | undefined
  /**
   * Resolves to what a slot says, as plain data.
   *
   * @throws `schema_too_new` if a newer release wrote it; any other error if it is damaged.
   */
  readonly decode: (record: StateRecord) => Promise<unknown>
}

/** Returns an object without the members that are `undefined`. */
export function withoutUndefined<Value>(
  members: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> {
  const known: [string, Value][] = []
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) known.push([name, value])
  }
  return Object.fromEntries(known)
}
