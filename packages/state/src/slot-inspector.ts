import type { StateRecord } from './state-record.ts'

/**
 * Tells a tool what the slots hold that an adapter wrote. An adapter exports one as `slotInspector`
 * from its entry `./inspect`, such as `@harborage/langgraph/inspect`. A tool asks those of all
 * adapters that it knows: a slot is of the first that describes it.
 */
export interface SlotInspector {
  /**
   * Returns what a slot of a kind holds, or `undefined` if the adapter has no such kind.
   *
   * @param kind Any kind.
   */
  describe(kind: string): SlotDescription | undefined
  /**
   * Resolves to what a slot says, or to `undefined` if the adapter has no such kind. It never
   * rejects: bytes that cannot be read are an answer.
   *
   * @param record A record as the state store returned it.
   */
  decode(record: StateRecord): Promise<SlotContent | undefined>
}

/** What the kind of a slot says. */
export interface SlotDescription {
  /** What the slot holds, in a few words, such as `checkpoint`. */
  readonly label: string
  /**
   * What the kind names, such as `{ namespace: '' }`. What it has only a digest of is left out: the
   * content has it.
   */
  readonly names: Readonly<Record<string, string | readonly string[]>>
}

/** What a slot says, or why it cannot be read. */
export type SlotContent = ReadableContent | UnreadableContent

/** What a slot says. */
export interface ReadableContent {
  readonly isReadable: true
  /**
   * Plain data: what JSON has, and `Uint8Array` for bytes. Objects of the framework are as they
   * were serialized, and nothing was made of them.
   */
  readonly value: unknown
}

/** Why a slot cannot be read. */
export interface UnreadableContent {
  readonly isReadable: false
  /** Whether a newer release of the adapter wrote it, or it is damaged. */
  readonly reason: 'newer_format' | 'damaged'
  /** What to do, without anything that the slot holds. */
  readonly message: string
}
