import { HarborageError } from '@harborage/core'
import {
  checkRequiredName,
  checkSignal,
  describeType,
  KnownNames,
  MAX_KIND_BYTES,
  type CheckedCall,
} from '@harborage/core/kit'
import { MAX_LEASE_MS, type LeaseOptions, type RenewOptions } from '../lease.ts'
import { UNTIL_SUFFIX } from './lease-slots.ts'

const leaseNames = new KnownNames('options', ['signal', 'ttlMs'])

/** The checked options of a lease or a renewal. */
export interface CheckedLease extends CheckedCall {
  readonly ttlMs: number
}

/** Checks the kind of a lease. It leaves room for the kind of its second slot. */
export function checkLeaseKind(kind: unknown): string {
  const maxBytes = MAX_KIND_BYTES - UNTIL_SUFFIX.length
  return checkRequiredName('kind', kind, 'invalid_record', maxBytes)
}

/** Checks the options of a lease, which has to have a time. */
export function checkLease(options: LeaseOptions): CheckedLease {
  return { signal: checkSignal(options, leaseNames), ttlMs: checkTtl(options?.ttlMs) }
}

/** Checks the options of a renewal. */
export function checkRenewal(options: RenewOptions | undefined, ttlMs: number): CheckedLease {
  return {
    signal: checkSignal(options, leaseNames),
    ttlMs: options?.ttlMs === undefined ? ttlMs : checkTtl(options.ttlMs),
  }
}

function checkTtl(ttlMs: unknown): number {
  if (typeof ttlMs === 'number' && Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= MAX_LEASE_MS) {
    return ttlMs
  }
  const given = typeof ttlMs === 'number' ? 'a number beyond its bounds' : describeType(ttlMs)
  throw new HarborageError(
    'invalid_record',
    `ttlMs is ${given}: pass a whole number of milliseconds, 1 to ${MAX_LEASE_MS}`,
  )
}
