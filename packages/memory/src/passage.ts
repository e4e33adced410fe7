import type { CallOptions, RunIdentity } from '@harborage/core'

/** The largest number of passages of one collection of a session. */
export const MAX_PASSAGES = 10_000

/** The largest texts and contents of all passages of one call, in bytes: 16 MiB. */
export const MAX_PASSAGES_BYTES: number = 16 * 1024 * 1024

/** The largest text of a passage, in UTF-8 bytes: 64 KiB. */
export const MAX_PASSAGE_TEXT_BYTES: number = 64 * 1024

/** How many different words of a query are looked for: the first ones. */
export const MAX_QUERY_WORDS = 32

/** How many characters of a query are looked at, in UTF-16 code units: the first ones. */
export const MAX_QUERY_CHARACTERS = 4_096

/**
 * How many passages with one of the words are compared: the newest ones. Older ones are not found
 * by words as frequent as that.
 */
export const MAX_COMPARED_PASSAGES = 1000

/** A passage to keep. */
export interface NewPassage {
  /**
   * The text whose words find the passage: at most {@link MAX_PASSAGE_TEXT_BYTES}. It is not
   * stored.
   */
  readonly text: string
  /**
   * The content, such as the text in a form of your own. It is copied when the method is called.
   */
  readonly bytes: Uint8Array
  /** When the passage came to be, to the millisecond. Default: now. */
  readonly createdAt?: Date
}

/** A passage that was found. It is the caller's own copy. */
export interface FoundPassage {
  /** The session or run that it belongs to. */
  readonly identity: Required<RunIdentity>
  /** Its place among the passages of the collection of that session, counted from 0. */
  readonly index: number
  readonly bytes: Uint8Array
  readonly createdAt: Date
  /** How many of the words it has. */
  readonly words: number
}

/** A passage of a dump. */
export interface DumpedPassage {
  /**
   * Digests of the words of its text, each once: letters and digits of ASCII. In a dump they are
   * those of the words alone. In a driver they also stand for the tenant, the user and the
   * collection.
   */
  readonly words: readonly string[]
  readonly bytes: Uint8Array
  readonly createdAt: Date
}

/** The passages of a collection of a session or a run, as a dump has them. */
export interface DumpedPassages {
  readonly identity: Required<RunIdentity>
  readonly collection: string
  /** In the order of their indexes. */
  readonly passages: readonly DumpedPassage[]
}

/** Options of `Passages.search`. */
export interface SearchOptions extends CallOptions {
  /** The largest number of passages that are returned: 1 to 100. Default: 20. */
  readonly limit?: number
}
