import { type EventId, parseEventId } from '@harborage/core'

import {
  conversationOf,
  identityOf,
  ownStream,
  seedFor,
  sharedStream,
  type Caller,
} from './caller.ts'
import { contentOf } from './content.ts'
import type { OpenedStores } from './open-stores.ts'

/**
 * What a caller does, again and again in this order; where there are artifacts only, it puts each
 * time.
 */
const cycle = ['save', 'commit', 'put', 'addTurn', 'append'] as const

/** In every other cycle, a replacement takes the place of the append. */
export type OperationKind = (typeof cycle)[number] | 'replaceAfter'

/** Which stores are worked on. */
export type Extent = 'all stores' | 'artifacts'

/** The slots that each commit saves together. */
export const committedKinds = ['slot.left', 'slot.middle', 'slot.right'] as const

export const savedKind = 'slot.own'

export function kindOf(extent: Extent, index: number): OperationKind {
  const kind = extent === 'artifacts' ? 'put' : (cycle[index % cycle.length] ?? 'put')
  return kind === 'append' && isInEvenCycle(index) ? 'replaceAfter' : kind
}

/** Returns whether an operation is one of the second, fourth or a later even cycle. */
function isInEvenCycle(index: number): boolean {
  return index % (2 * cycle.length) >= cycle.length
}

/**
 * Makes the operation with this index. Its ids follow from the index, so a repetition is a retry.
 */
export async function perform(stores: OpenedStores, caller: Caller, index: number): Promise<void> {
  switch (kindOf(stores.extent, index)) {
    case 'save':
      return save(stores, caller, index)
    case 'commit':
      return commit(stores, caller, index)
    case 'put':
      return put(stores, caller, index)
    case 'addTurn':
      return addTurn(stores, caller, index)
    case 'append':
      return append(stores, caller, index)
    case 'replaceAfter':
      return replaceAfter(stores, caller, index)
  }
}

async function save({ state }: OpenedStores, caller: Caller, index: number): Promise<void> {
  // Every other save is a link of a chain.
  const isLink = isInEvenCycle(index)
  const record = {
    eventId: eventIdFor(caller, index, savedKind),
    identity: identityOf(caller),
    kind: savedKind,
    bytes: contentOf(seedFor(caller, index)),
  }
  const before = eventIdFor(caller, index - cycle.length, savedKind)
  await state?.save(record, isLink ? { ifEventId: before } : undefined)
}

async function commit({ state }: OpenedStores, caller: Caller, index: number): Promise<void> {
  const identity = identityOf(caller)
  const [first] = committedKinds
  const before = index < cycle.length ? null : eventIdFor(caller, index - cycle.length, first)
  await state?.commit({
    expect: [{ identity, kind: first, eventId: before }],
    save: committedKinds.map((kind) => ({
      eventId: eventIdFor(caller, index, kind),
      identity,
      kind,
      bytes: contentOf(seedFor(caller, index)),
    })),
  })
}

async function put({ artifacts }: OpenedStores, caller: Caller, index: number): Promise<void> {
  const filename = seedFor(caller, index)
  await artifacts.putBytes(identityOf(caller), contentOf(filename), { filename })
}

async function addTurn({ memory }: OpenedStores, caller: Caller, index: number): Promise<void> {
  const seed = seedFor(caller, index)
  await memory?.addTurn(conversationOf(caller.writer), {
    turnId: eventIdFor(caller, index, 'turn'),
    userMessage: seed,
    assistantResponse: answerTo(seed),
  })
}

/** The number of entries of each append. */
export const APPENDED = 2
/** A replacement takes a position, and so does the entry that it appends. */
const POSITIONS_OF_REPLACEMENT = 2

async function append({ journal }: OpenedStores, caller: Caller, index: number): Promise<void> {
  const bytes = contentOf(seedFor(caller, index))
  const entries = Array.from({ length: APPENDED }, (_, entry) => ({
    entryId: eventIdFor(caller, index, `entry ${entry}`),
    bytes,
  }))
  await journal?.append(conversationOf(caller.writer), sharedStream, entries)
}

async function replaceAfter(
  { journal }: OpenedStores,
  caller: Caller,
  index: number,
): Promise<void> {
  const earlier = Math.floor(index / (2 * cycle.length))
  await journal?.replaceAfter({
    owner: identityOf(caller),
    stream: ownStream,
    position: 0,
    entries: [
      {
        entryId: eventIdFor(caller, index, ownStream),
        bytes: contentOf(seedFor(caller, index)),
      },
    ],
    operationId: eventIdFor(caller, index, 'operation'),
    ifPosition: earlier * POSITIONS_OF_REPLACEMENT,
  })
}

/** Returns the answer of a turn, which reveals half a turn. */
export function answerTo(seed: string): string {
  return Buffer.from(contentOf(seed)).toString('base64')
}

function eventIdFor(caller: Caller, index: number, kind: string): EventId {
  return parseEventId(`${seedFor(caller, index)}/${kind}`)
}
