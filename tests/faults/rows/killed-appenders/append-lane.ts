import { parseEventId } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'

/** The owner of all streams. */
export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** How many entries a lane appends at once. */
export const BATCH = 3
/** Every call of this number is a replacement. */
const REPLACING = 4

/** A call of a lane that was acknowledged, with the position of the head in its answer. */
export interface Told {
  readonly lane: string
  readonly call: number
  readonly position: number
}

/** Opens the store at a DSN, and loads its engine only. */
export async function openJournalAt(dsn: string): Promise<JournalStore> {
  if (dsn.startsWith('sqlite:')) await import('@harborage/driver-sqlite')
  else await import('@harborage/driver-postgres')
  return openJournalStore({ dsn })
}

/** Returns whether a call replaces what is in the stream of its lane. Others append. */
export function isReplacement(call: number): boolean {
  return call % REPLACING === 0
}

/** Returns the ids of the entries of a call. */
export function idsOf(lane: string, call: number): readonly string[] {
  const count = isReplacement(call) ? 1 : BATCH
  return Array.from({ length: count }, (_, index) => `${lane}/${call}/${index}`)
}

/**
 * Makes a call of a lane: it appends a batch to the stream that all lanes share, or replaces the
 * entry in its own. The ids follow from the number, so a repetition is a retry.
 *
 * @param ifPosition The head of the stream of the lane before the call.
 */
export async function makeCall(
  journal: JournalStore,
  { stream, lane, call, ifPosition }: Call,
): Promise<Told> {
  const entries = idsOf(lane, call).map((id) => ({
    entryId: parseEventId(id),
    type: 'said',
    bytes: Buffer.from(id),
  }))
  if (!isReplacement(call)) {
    const { entries: answers } = await journal.append(session, stream, entries)
    return { lane, call, position: answers.at(-1)?.position ?? 0 }
  }
  const operationId = parseEventId(`${lane}/${call}`)
  const own = { owner: session, stream: lane, position: 0 }
  const { position } = await journal.replaceAfter({ ...own, entries, operationId, ifPosition })
  return { lane, call, position }
}

/** A call of a lane. */
export interface Call {
  readonly stream: string
  readonly lane: string
  readonly call: number
  readonly ifPosition: number
}
