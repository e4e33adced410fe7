import { hash } from 'node:crypto'
import { type EventId, HarborageError, type Identity, parseEventId } from '@harborage/core'
import type { NewStateRecord, SlotExpectation } from '@harborage/state'
import { findNewest } from './find-checkpoint.ts'
import { encodeHead } from './head-payload.ts'
import { headKind } from './kinds.ts'
import { openCheckpoint } from './load-tuples.ts'
import type { Place } from './place.ts'
import type { NewCheckpoint } from './prepare-checkpoint.ts'
import type { SaverCall } from './saver-call.ts'

const DIGEST_DIGITS = 22

/**
 * The fence of a namespace: a slot that names its newest checkpoint. A new checkpoint is saved only
 * if that is its parent. So of two runs that go on from the same checkpoint, one fails.
 *
 * Forks and updates by hand move the fence to wherever they continue, since that is what they are
 * for.
 */
export class Fence {
  readonly #call: SaverCall
  readonly #place: Place
  readonly #moves: boolean
  /** The slot's new content. */
  readonly head: NewStateRecord
  #expected: EventId | null

  constructor(
    call: SaverCall,
    place: Place,
    { checkpoint, metadata }: Pick<NewCheckpoint, 'checkpoint' | 'metadata'>,
  ) {
    const { session } = place.thread
    const kind = headKind(place.namespace)
    const headOf = (id: string): EventId => headEventId(session, kind, id)
    this.#call = call
    this.#place = place
    this.#moves = metadata.source === 'fork' || metadata.source === 'update'
    this.#expected = place.checkpointId === undefined ? null : headOf(place.checkpointId)
    this.head = {
      identity: session,
      kind,
      eventId: headOf(checkpoint.id),
      bytes: encodeHead(checkpoint.id),
    }
  }

  /** The condition of the save. */
  get expected(): readonly SlotExpectation[] {
    const { identity, kind } = this.head
    return this.#moves ? [] : [{ identity, kind, eventId: this.#expected }]
  }

  /**
   * Resolves if the condition was only unknown: the thread has been written without a fence, and
   * its newest checkpoint is the parent.
   *
   * @throws `condition_failed` if another writer has continued the thread.
   */
  async resolve(error: HarborageError): Promise<void> {
    const { state } = this.#call
    const { thread, namespace, checkpointId } = this.#place
    const held = await state.load(thread.session, this.head.kind)
    const newest = await findNewest(state, thread.session, namespace)
    const newestId = newest && openCheckpoint(newest).id
    if (held !== undefined || newestId !== checkpointId || this.#expected === null) {
      throw new HarborageError(
        'condition_failed',
        'another run has continued this thread: nothing was saved. Read its state again before you go on',
        { cause: error },
      )
    }
    this.#expected = null
  }
}

/** Returns the event id of the fence at a checkpoint. */
function headEventId(session: Identity, kind: string, checkpointId: string): EventId {
  const { tenantId, userId, sessionId } = session
  const names = [tenantId, userId, sessionId, kind, checkpointId].join('\0')
  return parseEventId(`head.${hash('sha256', names, 'base64url').slice(0, DIGEST_DIGITS)}`)
}
