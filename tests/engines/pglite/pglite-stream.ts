import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

/**
 * Carries the protocol of Postgres to PGlite, which runs within the process, as a socket carries it
 * to a server.
 */
export class PGliteStream extends Duplex {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    super()
    this.#pglite = pglite
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _: BufferEncoding, done: (error?: Error) => void): void {
    void this.#exchange(chunk, done)
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }

  async #exchange(chunk: Uint8Array, done: (error?: Error) => void): Promise<void> {
    try {
      const answer = await this.#pglite.runExclusive(() => this.#pglite.execProtocolRaw(chunk))
      if (answer.length > 0) this.push(answer)
    } catch (error) {
      return done(new Error('PGlite failed', { cause: error }))
    }
    done()
  }
}
