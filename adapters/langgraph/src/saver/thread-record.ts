import { type EventId, HarborageError, type Identity, newEventId } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { joinFrame, splitFrame } from './frames.ts'
import { isObject, isOptionalText } from './header-shapes.ts'
import { THREAD_KIND } from './kinds.ts'
import type { Thread } from './place.ts'

/** What the slot of a thread itself holds. Each deletion and each pruning changes its event id. */
export interface ThreadRecord {
  readonly eventId: EventId
  /** The id of the thread, as the framework knows it. */
  readonly threadId: string
  /** Checkpoints up to this id were deleted. It is a UUID of version 6. */
  readonly deletedUntil?: string | undefined
  /** Whether large values are being removed that no checkpoint has. */
  readonly isPruning?: boolean | undefined
  /** The first checkpoint of the thread that is being imported, if one is. */
  readonly importing?: string | undefined
}

interface Header {
  readonly thread: string
  readonly deleted?: string
  readonly pruning?: boolean
  readonly importing?: string
}

/** Returns the record of a thread that begins. */
export function newThreadRecord({ id }: Thread): ThreadRecord {
  return { eventId: newEventId(), threadId: id }
}

/** Returns the slot's content to save. */
export function encodeThread({ session }: Thread, record: ThreadRecord): NewStateRecord {
  const { eventId, threadId, deletedUntil, isPruning, importing } = record
  const header: Header = {
    thread: threadId,
    ...(deletedUntil === undefined ? {} : { deleted: deletedUntil }),
    ...(isPruning === true ? { pruning: true } : {}),
    ...(importing === undefined ? {} : { importing }),
  }
  return { identity: session, kind: THREAD_KIND, eventId, bytes: joinFrame(header, []) }
}

/** What the payload of the slot of a thread says. */
type ThreadContent = Omit<ThreadRecord, 'eventId'>

/**
 * Returns what the payload of the slot of a thread says.
 *
 * @throws `schema_too_new` if a newer release wrote it; `store_unavailable` if it is damaged.
 */
export function decodeThread(bytes: Uint8Array): ThreadContent {
  const { thread, deleted, pruning, importing } = splitFrame(bytes, isHeader).header
  return { threadId: thread, deletedUntil: deleted, isPruning: pruning === true, importing }
}

/** Resolves to the record of the thread of a session, or to `undefined` if it has none. */
export async function readThread(
  state: StateStore,
  session: Identity,
): Promise<ThreadRecord | undefined> {
  const held = await state.load(session, THREAD_KIND)
  return held && { eventId: held.eventId, ...decodeThread(held.bytes) }
}

function isHeader(value: unknown): value is Header {
  return (
    isObject(value) &&
    typeof value['thread'] === 'string' &&
    isOptionalText(value['deleted']) &&
    isOptionalText(value['importing'])
  )
}

const uuid6 = /^[0-9a-f]{8}-[0-9a-f]{4}-6[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Returns whether an id has a time and sorts by it. */
export function hasTime(checkpointId: string): boolean {
  return uuid6.test(checkpointId)
}

/**
 * Checks that a thread was not deleted after one of the checkpoints was made.
 *
 * @param checkpointIds A new checkpoint and those that it continues.
 * @throws `thread_deleted` if it was.
 */
export function refuseDeleted(
  { deletedUntil }: ThreadRecord,
  checkpointIds: readonly (string | undefined)[],
): void {
  if (deletedUntil === undefined) return
  if (!checkpointIds.some((id) => id !== undefined && hasTime(id) && id <= deletedUntil)) return
  throw new HarborageError(
    'thread_deleted',
    'the thread was deleted while this run went on: nothing was saved. Begin the thread anew',
  )
}

/**
 * Checks that a thread is not being imported.
 *
 * @throws `thread_importing` if it is.
 */
export function refuseImporting({ importing }: ThreadRecord): void {
  if (importing === undefined) return
  throw new HarborageError(
    'thread_importing',
    'the thread is not imported completely: nothing was saved. Finish the import first',
  )
}
