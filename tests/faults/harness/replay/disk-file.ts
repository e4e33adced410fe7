/** The size of a sector, which a disk writes as a whole or not at all. */
const SECTOR_BYTES = 512

/** A write, or a new size. */
export type Change =
  | { readonly type: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly size: number }

/** What becomes of a change that was not synchronized when the power went. */
export type Fate = 'lost' | 'kept' | 'torn'

const kept = (): Fate => 'kept'

/** A file: its synchronized content, and the changes since then. */
export class DiskFile {
  readonly #safe = new Content()
  #pending: Change[] = []

  change(change: Change): void {
    this.#pending.push(change)
  }

  sync(): void {
    for (const change of this.#pending) this.#safe.apply(change, kept)
    this.#pending = []
  }

  /** Linux takes pages that it could not write for written: what was changed will never be safe. */
  failToSync(): void {
    this.#pending = []
  }

  /** Returns the content if the power fails now. */
  after(fate: () => Fate): Uint8Array {
    const content = this.#safe.copy()
    for (const change of this.#pending) {
      const then = fate()
      if (then !== 'lost') content.apply(change, then === 'kept' ? kept : fate)
    }
    return content.bytes
  }
}

/** Bytes that can grow. Skipped bytes are zeros. */
class Content {
  #room = new Uint8Array(0)
  #size = 0

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#size)
  }

  copy(): Content {
    const copy = new Content()
    copy.#room = this.#room.slice(0, this.#size)
    copy.#size = this.#size
    return copy
  }

  apply(change: Change, fate: () => Fate): void {
    if (change.type === 'truncate') this.#resize(change.size)
    else this.#write(change.at, change.bytes, fate)
  }

  #write(at: number, bytes: Uint8Array, fate: () => Fate): void {
    const end = at + bytes.length
    for (let from = at, next = from; from < end; from = next) {
      next = Math.min(end, from - (from % SECTOR_BYTES) + SECTOR_BYTES)
      if (fate() === 'lost') continue
      if (next > this.#size) this.#resize(next)
      this.#room.set(bytes.subarray(from - at, next - at), from)
    }
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const room = new Uint8Array(size * 2)
      room.set(this.bytes)
      this.#room = room
    }
    // Bytes that are truncated and later grown again are zero.
    this.#room.fill(0, Math.min(size, this.#size), this.#size)
    this.#size = size
  }
}
