import { open, stat } from 'node:fs/promises'

/**
 * Where the header of the log says how often it was begun anew, which follows each checkpoint of
 * all of it.
 */
const SEQUENCE_AT = 12

/** The largest that a database's write-ahead log has been, and how often it was begun anew. */
export class WatchedLog {
  readonly #path: string
  readonly #sequences = new Set<number>()
  #largest = 0

  constructor(database: string) {
    this.#path = `${database}-wal`
  }

  get largest(): number {
    return this.#largest
  }

  get timesBegun(): number {
    return this.#sequences.size
  }

  async look(): Promise<void> {
    const { size } = await stat(this.#path)
    this.#largest = Math.max(this.#largest, size)
    const file = await open(this.#path)
    try {
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, SEQUENCE_AT)
      this.#sequences.add(buffer.readUInt32BE())
    } finally {
      await file.close()
    }
  }
}
