import { newEventId } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { joinFrame, splitFrame } from '../saver/frames.ts'
import { isObject } from '../saver/header-shapes.ts'
import { IMPORT_KIND } from '../saver/kinds.ts'
import type { Thread } from '../saver/place.ts'
import { readThread, type ThreadRecord } from '../saver/thread-record.ts'

/** What the slot holds that says that a thread was imported. */
interface Header {
  /** Its first checkpoint. */
  readonly first: string
}

/** Returns the slot that says that a thread was imported as a whole. */
export function importRecord({ session }: Thread, first: string): NewStateRecord {
  const header: Header = { first }
  return {
    identity: session,
    kind: IMPORT_KIND,
    eventId: newEventId(),
    bytes: joinFrame(header, []),
  }
}

/**
 * Returns the first checkpoint of an import, as the payload of its slot says it.
 *
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable` if it is damaged.
 */
export function decodeImport(bytes: Uint8Array): string {
  return splitFrame(bytes, isHeader).header.first
}

function isHeader(value: unknown): value is Header {
  return isObject(value) && typeof value['first'] === 'string'
}

/** What a saver holds of a thread that is to be imported. */
export type HeldThread =
  /** Nothing. */
  | { readonly state: 'absent' }
  /** A part of an import. */
  | { readonly state: 'begun'; readonly record: ThreadRecord; readonly first: string }
  /** All of an import, and what the thread has become since. */
  | { readonly state: 'imported' }
  /** Only that the thread was deleted, or what was begun anew since. */
  | { readonly state: 'deleted' }
  /** A thread that was not imported. */
  | { readonly state: 'foreign' }

/** Resolves to what a saver holds of a thread. */
export async function heldThread(state: StateStore, { session }: Thread): Promise<HeldThread> {
  const record = await readThread(state, session)
  if (record === undefined) return { state: 'absent' }
  if (record.deletedUntil !== undefined) return { state: 'deleted' }
  const { importing } = record
  if (importing !== undefined) return { state: 'begun', record, first: importing }
  const imported = await state.load(session, IMPORT_KIND)
  return { state: imported === undefined ? 'foreign' : 'imported' }
}
