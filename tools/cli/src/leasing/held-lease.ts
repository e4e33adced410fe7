import { setTimeout } from 'node:timers/promises'
import { isHarborageError, type TenantOwner } from '@harborage/core'
import type { Lease, Slot, StateStore, StateTransaction } from '@harborage/state'
import { CommandFailure } from '../command-failure.ts'

/** For how long the lease of a command that was killed is in the way, in milliseconds. */
const LEASE_MS = 3_000
const RENEW_MS = 1_000
const ASK_MS = 100

/** Returns the slots of a lease. */
export function slotsOfLease(owner: TenantOwner, kind: string): readonly Slot[] {
  // A lease keeps its end in a slot of its own.
  return [kind, `${kind}.until`].map((each) => ({ identity: owner, kind: each }))
}

/** A lease that a command holds while it works, so that another one does not do the same work. */
export class HeldLease {
  readonly #state: StateStore
  readonly #lease: Lease
  readonly #renewing: NodeJS.Timeout

  private constructor(state: StateStore, lease: Lease) {
    this.#state = state
    this.#lease = lease
    this.#renewing = setInterval(() => {
      // The next one may succeed, and the commits find out whether the lease is still held.
      lease.renew({ ttlMs: LEASE_MS }).catch(() => {})
    }, RENEW_MS)
    this.#renewing.unref()
  }

  /**
   * Takes a lease. It waits for as long as one of a killed command may last.
   *
   * @param busy What is said if another command holds it.
   * @throws CommandFailure if another command holds it.
   */
  static async take(
    state: StateStore,
    at: { readonly owner: TenantOwner; readonly kind: string },
    busy: string,
  ): Promise<HeldLease> {
    const until = performance.now() + LEASE_MS + RENEW_MS
    for (;;) {
      const lease = await state.lease(at.owner, at.kind, { ttlMs: LEASE_MS })
      if (lease !== undefined) return new HeldLease(state, lease)
      if (performance.now() > until) throw new CommandFailure('busy', busy)
      await setTimeout(ASK_MS)
    }
  }

  /** Commits, and resolves to whether the lease was held. Nothing is changed if it was not. */
  async commit(changes: Pick<StateTransaction, 'save' | 'delete'>): Promise<boolean> {
    try {
      await this.#state.commit({ ...changes, expect: [this.#lease.expectation] })
      return true
    } catch (error) {
      if (isHarborageError(error, 'condition_failed')) return false
      throw error
    }
  }

  /** Ends the renewals. The lease lasts for a while. */
  end(): void {
    clearInterval(this.#renewing)
  }

  /** Releases the lease. */
  async release(): Promise<void> {
    this.end()
    await this.#lease.release()
  }
}
