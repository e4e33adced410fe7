import { HarborageError, isHarborageError } from '@harborage/core'
import type { Lease } from '@harborage/state'

/**
 * Renews a lease three times within its time, until it is stopped or lost. Its timer keeps no
 * process alive.
 */
export class KeepAlive {
  readonly #lease: Lease
  readonly #ttlMs: number
  readonly #lost = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** When the lease ends unless it is renewed, on the monotonic clock of this process. */
  #endsAt: number
  #isStopped = false

  constructor(lease: Lease, ttlMs: number, takenAt: number) {
    this.#lease = lease
    this.#ttlMs = ttlMs
    this.#endsAt = takenAt + ttlMs
    this.#plan()
  }

  /** Is aborted once the lease is lost, or could not be renewed in its time. */
  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** Ends the renewals. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #plan(): void {
    this.#timer = setTimeout(() => void this.#renew(), this.#ttlMs / 3)
    this.#timer.unref()
  }

  async #renew(): Promise<void> {
    const now = performance.now()
    try {
      await this.#lease.renew()
      this.#endsAt = now + this.#ttlMs
    } catch (error) {
      if (this.#isStopped) return
      const isOver = isHarborageError(error, 'lease_lost') || performance.now() >= this.#endsAt
      if (isOver) return this.#lost.abort(asLost(error))
    }
    if (!this.#isStopped) this.#plan()
  }
}

function asLost(cause: unknown): HarborageError {
  if (isHarborageError(cause, 'lease_lost')) return cause
  return new HarborageError(
    'lease_lost',
    'the claim could not be renewed in its time, so that another process may have taken the run over: end it',
    { cause },
  )
}
