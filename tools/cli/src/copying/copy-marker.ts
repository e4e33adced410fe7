import { createHash } from 'node:crypto'
import { newEventId } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import type { StateStore, StateTransaction } from '@harborage/state'
import { CommandFailure } from '../command-failure.ts'
import { HeldLease } from '../leasing/held-lease.ts'
import { dumpNames, type DumpName, type Profile } from '../profile/profile.ts'
import { LEASE_KIND, MARKER_KIND, ownerOfCopy, slotsOfCopy } from './slots-of-copy.ts'

/** Where a copy goes on. */
export interface CopyProgress {
  /** The store that is being copied. The ones before it are done. */
  readonly store: DumpName
  /** The place of the last record that was loaded. */
  readonly after: object | undefined
}

/** What a target that has no marker holds. */
export type TargetContent = 'nothing' | 'the source' | 'something else'

/**
 * The marker of a copy at its target, in a tenant of its own: where it comes from and how far it
 * is. A lease beside it keeps two copies apart.
 */
export class CopyMarker {
  readonly #lease: HeldLease
  readonly #from: string
  /** How far the copy was when it began. */
  readonly begun: CopyProgress | undefined

  private constructor(lease: HeldLease, from: string, begun: CopyProgress | undefined) {
    this.#lease = lease
    this.#from = from
    this.begun = begun
  }

  /**
   * Takes the lease of the target and reads the marker. Resolves to `undefined`, and leaves nothing
   * there, if all was copied before.
   *
   * @param examine Resolves to what a target without a marker holds.
   * @throws CommandFailure if another copy is at work there, or the target holds anything else than
   * this copy or a part of it.
   */
  static async take(
    state: StateStore,
    source: Profile,
    examine: () => Promise<TargetContent>,
  ): Promise<CopyMarker | undefined> {
    const lease = await HeldLease.take(state, { owner: ownerOfCopy, kind: LEASE_KIND }, BUSY)
    const from = digestOf(source)
    const held = await state.load(ownerOfCopy, MARKER_KIND)
    try {
      if (held !== undefined) return new CopyMarker(lease, from, begunOf(held.bytes, from))
      const marker = new CopyMarker(lease, from, undefined)
      switch (await examine()) {
        case 'nothing':
          await marker.save(undefined)
          return marker
        case 'the source':
          await marker.remove()
          return undefined
        case 'something else':
          throw new CommandFailure(
            'failed',
            'the target holds something else than the source, or one of them was changed since it was copied: copy into an empty place. harborage verify says what differs',
          )
      }
    } catch (error) {
      // What is no target of a copy is left as it was.
      lease.end()
      if (held === undefined) await lease.commit({ delete: slotsOfCopy })
      else await lease.release()
      throw error
    }
  }

  /**
   * Notes how far the copy is.
   *
   * @param progress `undefined` if it begins, or begins again.
   * @throws CommandFailure if the lease was lost.
   */
  async save(progress: CopyProgress | undefined): Promise<void> {
    const { store, after } = progress ?? {}
    const bytes = Buffer.from(JSON.stringify({ v: 1, from: this.#from, store, after }))
    const slot = { identity: ownerOfCopy, kind: MARKER_KIND }
    await this.#commit({ save: [{ ...slot, eventId: newEventId(), bytes }] })
  }

  /**
   * Removes the marker and the lease, once everything was copied.
   *
   * @throws CommandFailure if the lease was lost. What another copy has there stays.
   */
  async remove(): Promise<void> {
    this.#lease.end()
    await this.#commit({ delete: slotsOfCopy })
  }

  /** Releases the lease. The marker stays. */
  async release(): Promise<void> {
    await this.#lease.release()
  }

  async #commit(changes: CopyChanges): Promise<void> {
    if (!(await this.#lease.commit(changes))) throw new CommandFailure('busy', BUSY)
  }
}

/**
 * Checks that a place is no target of a copy that has not ended.
 *
 * @throws CommandFailure if it is one.
 */
export async function requireWholeCopy(state: StateStore | undefined): Promise<void> {
  if ((await state?.load(ownerOfCopy, MARKER_KIND)) === undefined) return
  throw new CommandFailure(
    'failed',
    'it is the target of a copy that has not ended: finish that with the same command first',
  )
}

type CopyChanges = Pick<StateTransaction, 'save' | 'delete'>

const BUSY = 'another copy into this target is at work: wait for its end'

function begunOf(bytes: Uint8Array, from: string): CopyProgress | undefined {
  const marker: Readonly<Record<string, unknown>> = parseJsonObject(Buffer.from(bytes).toString())
  if (marker['v'] !== 1 || marker['from'] !== from) {
    throw new CommandFailure(
      'failed',
      'the target holds a part of a copy of another source: finish that one first, or use an empty place',
    )
  }
  const { store, after } = marker
  const name = dumpNames.find((each) => each === store)
  if (name === undefined) return undefined
  return { store: name, after: typeof after === 'object' && after !== null ? after : undefined }
}

/** Returns a digest of where a profile is, without its passwords. */
export function digestOf({ places }: Profile): string {
  const hash = createHash('sha256')
  for (const { kind, label, dsn, schema, stores } of places) {
    const at = kind === 'postgres' ? serverOf(dsn.reveal()) : ''
    hash.update(JSON.stringify([kind, label, at, schema ?? '', stores]))
  }
  return hash.digest('hex')
}

function serverOf(dsn: string): string {
  if (!URL.canParse(dsn)) return ''
  const { username, host, pathname, searchParams } = new URL(dsn)
  for (const secret of ['password', 'sslpassword']) searchParams.delete(secret)
  searchParams.sort()
  return JSON.stringify([username, host, pathname, searchParams.toString()])
}
