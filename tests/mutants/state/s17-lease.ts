import type { CallOptions, Owner } from '@harborage/core'
import {
  StateStore,
  type CheckedTransaction,
  type CommitOutcome,
  type Lease,
  type LeaseOptions,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Tells the time of the process. */
class OwnClockDriver extends DelegatingDriver {
  override async now(): Promise<Date> {
    return new Date()
  }
}

/** Tells the time at its first call, the beginning of time at its second, and so on. */
class SteppingClockDriver extends DelegatingDriver {
  #told = 0

  override async now(): Promise<Date> {
    this.#told += 1
    return new Date(this.#told % 2 === 0 ? 0 : Date.now())
  }
}

/** Tells a time that runs far too fast. */
class FastClockDriver extends DelegatingDriver {
  #told = 0

  override async now(): Promise<Date> {
    this.#told += 1
    return new Date((await super.now()).getTime() + this.#told * 2 * 60 * 60 * 1000)
  }
}

/** Ignores what a commit expects. */
class UnexpectingDriver extends DelegatingDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return super.commit({ ...transaction, expect: [] })
  }
}

/** Changes the leases that a store gives. */
abstract class ChangedLeaseStore extends StateStore {
  override async lease(
    identity: Owner,
    kind: string,
    options: LeaseOptions,
  ): Promise<Lease | undefined> {
    const taken = await super.lease(identity, kind, options)
    return taken && new Proxy(taken, { get: (lease, name) => this.read(lease, name) })
  }

  /** Returns a member of a lease. */
  protected abstract read(lease: Lease, name: string | symbol): unknown
}

function member(lease: Lease, name: string | symbol): unknown {
  const value: unknown = Reflect.get(lease, name)
  return typeof value === 'function' ? value.bind(lease) : value
}

/** Gives every holder the same token. */
class SameTokenStore extends ChangedLeaseStore {
  protected override read(lease: Lease, name: string | symbol): unknown {
    return name === 'token' ? 1 : member(lease, name)
  }
}

/** Does not give a lease back. */
class KeepingStore extends ChangedLeaseStore {
  protected override read(lease: Lease, name: string | symbol): unknown {
    return name === 'release' ? async () => true : member(lease, name)
  }
}

/** Does not renew. */
class UnrenewingStore extends ChangedLeaseStore {
  protected override read(lease: Lease, name: string | symbol): unknown {
    return name === 'renew' ? async () => lease.expiresAt : member(lease, name)
  }
}

/** Takes all leases of an owner for one. */
class OneLeaseStore extends StateStore {
  override lease(
    identity: Owner,
    _kind: string,
    options: LeaseOptions,
  ): Promise<Lease | undefined> {
    return super.lease(identity, 'task.lease', options)
  }
}

/** Gives a lease to every caller. */
class GenerousStore extends StateStore {
  override async lease(
    identity: Owner,
    kind: string,
    options: LeaseOptions & CallOptions,
  ): Promise<Lease | undefined> {
    const taken = await super.lease(identity, kind, options)
    if (taken !== undefined) return taken
    await this.delete(identity, kind)
    return super.lease(identity, kind, options)
  }
}

export const leaseFaults: readonly BrokenStore[] = [
  brokenDriver('S17', 'tells the time of the process instead of the database', OwnClockDriver),
  brokenDriver('S17', 'has a clock that steps back and forth', SteppingClockDriver),
  brokenDriver('S17', 'has a clock that runs too fast', FastClockDriver),
  brokenDriver('S17', 'ignores what a commit of a lease expects', UnexpectingDriver),
  brokenStore('S17', 'takes all leases of an owner for one', OneLeaseStore),
  brokenStore('S17', 'gives every holder the same token', SameTokenStore),
  brokenStore('S17', 'does not give a lease back', KeepingStore),
  brokenStore('S17', 'does not renew a lease', UnrenewingStore),
  brokenStore('S17', 'gives a lease to every caller', GenerousStore),
]
