/** What the name of something stored says: the kind of a slot, or the name of a stream. */
export interface StoredDescription {
  /** What is stored there, in a few words, such as `checkpoint`. */
  readonly label: string
  /**
   * What the name has in it, such as `{ namespace: '' }`. What it has only a digest of is left out:
   * the content has it.
   */
  readonly names: Readonly<Record<string, string | readonly string[]>>
}

/** What something stored says, or why it cannot be read. */
export type InspectedContent = ReadableContent | UnreadableContent

/** What something stored says. */
export interface ReadableContent {
  readonly isReadable: true
  /**
   * Plain data: what JSON has, and `Uint8Array` for bytes. Objects of the framework are as they
   * were serialized, and nothing was made of them.
   */
  readonly value: unknown
}

/** Why something stored cannot be read. */
export interface UnreadableContent {
  readonly isReadable: false
  /** Whether a newer release of the adapter wrote it, or it is damaged. */
  readonly reason: 'newer_format' | 'damaged'
  /** What to do, without anything that is stored. */
  readonly message: string
}
