import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { allOfTenant, newEventId, tenantOwner } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import type { Lease, StateStore } from '@harborage/state'
import { CommandFailure } from '../command-failure.ts'
import type { Profile, StoreName } from '../profile/profile.ts'
import { COPY_TENANT } from './dumping-store.ts'

const owner = tenantOwner({ tenantId: COPY_TENANT })
const KIND = 'copy.marker'
const LEASE_KIND = 'copy.lease'

/** For how long the lease of a copy that was killed is in the way, in milliseconds. */
const LEASE_MS = 3_000
const RENEW_MS = 1_000
const ASK_MS = 100

/** Where a copy goes on. */
export interface CopyProgress {
  /** The store that is being copied. The ones before it are done. */
  readonly store: StoreName
  /** The place of the last record that was loaded. */
  readonly after: object | undefined
}

/**
 * The marker of a copy at its target, in a tenant of its own: where it comes from and how far it
 * is. A lease beside it keeps two copies apart.
 */
export class CopyMarker {
  readonly #state: StateStore
  readonly #lease: Lease
  readonly #from: string
  readonly #renewing: NodeJS.Timeout
  #isLost = false
  #isRemoved = false
  /** How far the copy was when it began. */
  readonly begun: CopyProgress | undefined

  private constructor(
    state: StateStore,
    lease: Lease,
    from: string,
    begun: CopyProgress | undefined,
  ) {
    this.#state = state
    this.#lease = lease
    this.#from = from
    this.begun = begun
    this.#renewing = setInterval(() => {
      lease.renew({ ttlMs: LEASE_MS }).catch(() => {
        this.#isLost = true
      })
    }, RENEW_MS)
    this.#renewing.unref()
  }

  /**
   * Takes the lease of the target and reads the marker.
   *
   * @param isEmpty Resolves to whether the target holds nothing.
   * @throws CommandFailure if another copy is at work there, or the target holds anything else than
   * a part of this copy.
   */
  static async take(
    state: StateStore,
    source: Profile,
    isEmpty: () => Promise<boolean>,
  ): Promise<CopyMarker> {
    const lease = await leaseOf(state)
    const from = digestOf(source)
    const held = await state.load(owner, KIND)
    try {
      if (held !== undefined) return new CopyMarker(state, lease, from, begunOf(held.bytes, from))
      if (await isEmpty()) {
        const marker = new CopyMarker(state, lease, from, undefined)
        await marker.#save(undefined)
        return marker
      }
      throw new CommandFailure(
        'failed',
        'the target holds something: copy into an empty place. To compare it with the source, use harborage verify',
      )
    } catch (error) {
      await lease.release()
      // What is no target of a copy is left as it was.
      if (held === undefined) await removeCopy(state)
      throw error
    }
  }

  /**
   * Notes how far the copy is.
   *
   * @throws CommandFailure if the lease was lost.
   */
  async save(progress: CopyProgress): Promise<void> {
    if (this.#isLost) throw busy()
    await this.#save(progress)
  }

  /** Removes the marker and the lease, once everything was copied. */
  async remove(): Promise<void> {
    this.#end()
    this.#isRemoved = true
    await removeCopy(this.#state)
  }

  /** Releases the lease. The marker stays. */
  async release(): Promise<void> {
    this.#end()
    if (!this.#isLost && !this.#isRemoved) await this.#lease.release()
  }

  #end(): void {
    clearInterval(this.#renewing)
  }

  async #save(progress: CopyProgress | undefined): Promise<void> {
    const { store, after } = progress ?? {}
    const bytes = Buffer.from(JSON.stringify({ v: 1, from: this.#from, store, after }))
    await this.#state.save({ eventId: newEventId(), identity: owner, kind: KIND, bytes })
  }
}

/**
 * Checks that a place is no target of a copy that has not ended.
 *
 * @throws CommandFailure if it is one.
 */
export async function requireWholeCopy(state: StateStore | undefined): Promise<void> {
  if ((await state?.load(owner, KIND)) === undefined) return
  throw new CommandFailure(
    'failed',
    'it is the target of a copy that has not ended: finish that with the same command first',
  )
}

async function removeCopy(state: StateStore): Promise<void> {
  await state.deleteAll(allOfTenant({ tenantId: COPY_TENANT }))
}

async function leaseOf(state: StateStore): Promise<Lease> {
  const until = performance.now() + LEASE_MS + RENEW_MS
  for (;;) {
    const lease = await state.lease(owner, LEASE_KIND, { ttlMs: LEASE_MS })
    if (lease !== undefined) return lease
    if (performance.now() > until) throw busy()
    await setTimeout(ASK_MS)
  }
}

function busy(): CommandFailure {
  return new CommandFailure('busy', 'another copy into this target is at work: wait for its end')
}

function begunOf(bytes: Uint8Array, from: string): CopyProgress | undefined {
  const marker: Readonly<Record<string, unknown>> = parseJsonObject(Buffer.from(bytes).toString())
  if (marker['v'] !== 1 || marker['from'] !== from) {
    throw new CommandFailure(
      'failed',
      'the target holds a part of a copy of another source: finish that one first, or use an empty place',
    )
  }
  const { store, after } = marker
  const known = ['state', 'artifacts', 'memory', 'journal'] as const
  const name = known.find((each) => each === store)
  if (name === undefined) return undefined
  return { store: name, after: typeof after === 'object' && after !== null ? after : undefined }
}

/** Returns a digest of where the source is, without its password. */
function digestOf({ places }: Profile): string {
  const hash = createHash('sha256')
  for (const { kind, label, dsn, schema, stores } of places) {
    const at = kind === 'postgres' ? serverOf(dsn.reveal()) : ''
    hash.update(JSON.stringify([kind, label, at, schema ?? '', stores]))
  }
  return hash.digest('hex')
}

function serverOf(dsn: string): string {
  if (!URL.canParse(dsn)) return ''
  const { host, pathname } = new URL(dsn)
  return host + pathname
}
