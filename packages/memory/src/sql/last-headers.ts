import type { MemoryHeader } from '../memory-driver.ts'
import { headerBytes } from './rows.ts'

/** The most conversations whose headers are kept, of a few kilobytes each. */
const MAX_CONVERSATIONS = 512

/** A header, and as it is stored. */
export interface KnownHeader {
  readonly header: MemoryHeader
  readonly bytes: Uint8Array
}

/** A header as this process left it. */
interface LeftHeader extends KnownHeader {
  /** Whether the change before it found the conversation as this process had left it, too. */
  readonly isExpected: boolean
}

/**
 * The headers of the conversations that this process changed last, in memory. With one, a turn can
 * be added without reading first. Others may have changed the conversation since, so the write has
 * to check that it still has this header.
 */
export class LastHeaders {
  readonly #left = new Map<string, LeftHeader>()

  /**
   * Returns the header that a conversation probably has, and removes it, so that concurrent changes
   * of this process do not expect the same. Returns `undefined` if others change the conversation
   * as well: then checking in vain would cost more than reading.
   *
   * @param key The key of the conversation.
   */
  take(key: string): KnownHeader | undefined {
    const left = this.#left.get(key)
    if (left?.isExpected !== true) return undefined
    this.#left.delete(key)
    return left
  }

  /**
   * Keeps the header that a change left.
   *
   * @param found The header that the change found. `undefined` if there was none.
   * @param taken What the change took, unless it turned out to be wrong.
   */
  leave(
    key: string,
    found: MemoryHeader | undefined,
    header: MemoryHeader,
    taken: KnownHeader | undefined,
  ): void {
    const before = taken ?? this.#left.get(key)
    const isExpected = before !== undefined && found !== undefined && isSame(before, found)
    this.#keep(key, { header, bytes: headerBytes(header), isExpected })
  }

  /** Keeps the header that a change left which found what was expected. */
  leaveExpected(key: string, { header, bytes }: KnownHeader): void {
    this.#keep(key, { header, bytes, isExpected: true })
  }

  #keep(key: string, left: LeftHeader): void {
    // Last in the order of the map: the first ones are dropped.
    this.#left.delete(key)
    this.#left.set(key, left)
    if (this.#left.size <= MAX_CONVERSATIONS) return
    for (const oldest of this.#left.keys()) {
      this.#left.delete(oldest)
      return
    }
  }
}

function isSame({ header, bytes }: KnownHeader, found: MemoryHeader): boolean {
  return header.lineage === found.lineage && Buffer.compare(bytes, headerBytes(found)) === 0
}
