import { type CallOptions, HarborageError, type Owner } from '@harborage/core'
import { checkSignal, ownerAt, type CallGate } from '@harborage/core/kit'
import type { Lease, RenewOptions } from '../lease.ts'
import type { StateDriver } from '../state-driver.ts'
import type { SlotExpectation } from '../state-record.ts'
import { checkRenewal } from './check-lease.ts'
import { releaseLease, renewLease, type TakenLease } from './take-lease.ts'

/** What a lease needs of its store. */
export interface LeaseStore {
  readonly driver: StateDriver
  readonly gate: CallGate
}

/** A lease that a store gave. Its calls are calls of the store. */
export class HeldLease implements Lease {
  readonly identity: Owner
  readonly kind: string
  readonly token: number
  readonly expectation: SlotExpectation
  readonly #store: LeaseStore
  readonly #taken: TakenLease
  readonly #ttlMs: number
  #expiresAt: Date
  /** Ends when the latest renewal has ended, so that none overtakes another. */
  #lastRenewal: Promise<unknown> = Promise.resolve()

  constructor(store: LeaseStore, taken: TakenLease, ttlMs: number) {
    const { identity, kind } = taken.slots.holder
    this.identity = ownerAt(identity)
    this.kind = kind
    this.token = taken.token
    this.expectation = Object.freeze({ identity: this.identity, kind, eventId: taken.holderId })
    this.#store = store
    this.#taken = taken
    this.#ttlMs = ttlMs
    this.#expiresAt = taken.expiresAt
  }

  get expiresAt(): Date {
    return new Date(this.#expiresAt)
  }

  renew(options?: RenewOptions): Promise<Date> {
    return this.#store.gate.call(
      'renewLease',
      () => checkRenewal(options, this.#ttlMs),
      ({ ttlMs }) => {
        const renewal = this.#lastRenewal.then(() => this.#renew(ttlMs))
        this.#lastRenewal = renewal.catch(() => {})
        return renewal
      },
    )
  }

  release(options?: CallOptions): Promise<boolean> {
    return this.#store.gate.call(
      'releaseLease',
      () => ({ signal: checkSignal(options) }),
      () => releaseLease(this.#store.driver, this.#taken),
      (isReleased) => (isReleased ? 'released' : 'lost'),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }

  async #renew(ttlMs: number): Promise<Date> {
    const expiresAt = await renewLease(this.#store.driver, this.#taken, ttlMs)
    if (expiresAt === undefined) throw lost()
    this.#expiresAt = expiresAt
    return new Date(expiresAt)
  }
}

function lost(): HarborageError {
  return new HarborageError(
    'lease_lost',
    'the lease was taken by another one, released or deleted: end what it protects, and take it again',
  )
}
