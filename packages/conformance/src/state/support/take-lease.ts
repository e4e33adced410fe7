import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Owner } from '@harborage/core'
import type { Lease, StateStore } from '@harborage/state'

const HOUR_MS = 60 * 60 * 1000

/** Takes a lease that is free. */
export async function take(
  store: StateStore,
  owner: Owner,
  kind: string,
  ttlMs: number = HOUR_MS,
): Promise<Lease> {
  const taken = await store.lease(owner, kind, { ttlMs })
  assert.ok(taken, 'the lease is held')
  return taken
}

/** Takes a lease for an hour as soon as it has expired. */
export async function takeExpired(store: StateStore, owner: Owner, kind: string): Promise<Lease> {
  for (;;) {
    const taken = await store.lease(owner, kind, { ttlMs: HOUR_MS })
    if (taken !== undefined) return taken
    await setTimeout(1)
  }
}
