import { newEventId, type EventId } from '@harborage/core'
import {
  decideAppend,
  droppedEntry,
  hiddenView,
  type HeldEntry,
  type RememberedOperation,
  type ReplacedView,
} from '../decide.ts'
import type { CheckedAppend, CheckedEntry } from '../journal-driver.ts'
import type { AppendResult, StreamHead } from '../journal-record.ts'
import { asUnknownOutcome } from './as-unknown-outcome.ts'
import { renewedHead } from './renew-work.ts'
import { headOf, type LockedColumns } from './rows.ts'

/** An append to a stream that is named elsewhere. */
export type AppendToStream = Pick<CheckedAppend, 'entries' | 'ifPosition' | 'expiresAt'>

/** What became of an append that others share a transaction with. */
export type SettledAppend = { readonly result: AppendResult } | { readonly error: unknown }

/** A stream whose head is locked, while appends to it are decided. */
export class LockedStream implements ReplacedView {
  /** The head after the appends so far. */
  head: StreamHead
  readonly added: CheckedEntry[] = []
  /** No append replaces anything. */
  readonly operations: readonly RememberedOperation[] = []
  readonly #now: number
  readonly #held = new Map<EventId, HeldEntry>()
  /** The head with which the stream begins anew; `undefined` if it has not expired. */
  #renewed: StreamHead | undefined

  /**
   * @param isExpired Whether the stream has expired.
   * @param now The time that is written, in milliseconds.
   */
  constructor(locked: LockedColumns | undefined, isExpired: boolean, now: number) {
    this.#now = now
    this.head = locked === undefined ? newStream() : headOf(locked)
    if (locked !== undefined && isExpired) this.#renewed = headOf(renewedHead(locked))
  }

  get position(): number {
    return this.head.position
  }

  get lastGiven(): number {
    return this.head.position
  }

  hold(found: ReadonlyMap<EventId, HeldEntry>): void {
    for (const [entryId, held] of found) this.#held.set(entryId, held)
  }

  heldEntry(entryId: EventId): HeldEntry | undefined {
    return this.#held.get(entryId)
  }

  append(append: AppendToStream, mayBeApplied: boolean): SettledAppend {
    try {
      const view = this.#renewed === undefined ? this : hiddenView(this)
      const { entries, added } = decideAppend(view, append)
      if (added.length > 0) this.#add(added, append.expiresAt)
      return { result: { head: this.head, entries } }
    } catch (error) {
      return { error: asUnknownOutcome(error, mayBeApplied) }
    }
  }

  #add(added: readonly CheckedEntry[], expiresAt: Date | null | undefined): void {
    if (this.#renewed !== undefined) this.#renew(this.#renewed)
    const { generation, first, position, length } = this.head
    for (const [index, { entryId, type, bytes }] of added.entries()) {
      const held = { position: position + 1 + index, type, bytes, isDropped: false }
      this.#held.set(entryId, held)
    }
    this.added.push(...added)
    this.head = {
      generation,
      first,
      position: position + added.length,
      length: length + added.length,
      updatedAt: new Date(this.#now),
      expiresAt: expiresAt === undefined ? this.head.expiresAt : (expiresAt ?? undefined),
    }
  }

  /** Begins anew: what was held is dropped. */
  #renew(head: StreamHead): void {
    for (const [entryId, held] of this.#held) this.#held.set(entryId, droppedEntry(held))
    this.head = head
    this.#renewed = undefined
  }
}

/** Returns the head of a stream before its first append. */
function newStream(): StreamHead {
  return {
    generation: newEventId(),
    first: 1,
    position: 0,
    length: 0,
    updatedAt: new Date(0),
    expiresAt: undefined,
  }
}
