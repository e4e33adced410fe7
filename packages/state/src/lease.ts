import type { CallOptions, Owner } from '@harborage/core'
import type { SlotExpectation } from './state-record.ts'

/** The longest time that a lease is given or renewed for, in milliseconds: 7 days. */
export const MAX_LEASE_MS: number = 7 * 24 * 60 * 60 * 1000

/** Options of `StateStore.lease`. */
export interface LeaseOptions extends CallOptions {
  /**
   * How long the lease is held unless it is renewed or released, in milliseconds by the clock of
   * the database: 1 to {@link MAX_LEASE_MS}.
   */
  readonly ttlMs: number
}

/** Options of `Lease.renew`. */
export interface RenewOptions extends CallOptions {
  /** The new time, from now on. Default: that of the lease. */
  readonly ttlMs?: number
}

/**
 * A lease that this process holds. `StateStore.lease` gives it.
 *
 * A lease by itself stops no one who holds an expired one. What it protects has to check it: a
 * commit or a step through {@link expectation}, and any other service through {@link token}.
 */
export interface Lease extends AsyncDisposable {
  /** The owner that the lease was taken for. */
  readonly identity: Owner
  /** The kind that names the lease. */
  readonly kind: string
  /**
   * A whole number that is greater than that of every earlier holder. A service that remembers the
   * greatest one that it has seen can refuse those who hold an older lease.
   */
  readonly token: number
  /**
   * What a commit or a step has to expect. It fails with `condition_failed`, and changes nothing,
   * once another one holds the lease or it was released. It stays the same when the lease is
   * renewed.
   */
  readonly expectation: SlotExpectation
  /** When the lease expires, by the clock of the database. Renewing changes it. */
  readonly expiresAt: Date
  /**
   * Holds the lease for another time from now on. An expired lease that no one else has taken is
   * renewed, too.
   *
   * @returns When it expires now.
   * @throws `lease_lost` if another one has taken it, or it was released or deleted.
   */
  renew(options?: RenewOptions): Promise<Date>
  /**
   * Releases the lease, so that another one can have it at once. Idempotent.
   *
   * @returns Whether this call released it; `false` if it was lost or released before.
   */
  release(options?: CallOptions): Promise<boolean>
}
