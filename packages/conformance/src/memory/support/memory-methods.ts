import {
  allOfSession,
  newEventId,
  type CallOptions,
  type EventId,
  type RunIdentity,
} from '@harborage/core'
import type { ConversationTurn, MemorySnapshot, MemoryStore } from '@harborage/memory'
import { sessionOf } from '../../support/session-of.ts'
import { newTurn } from './conversation.ts'

/** The arguments of all methods. Each method takes those that it needs. */
export interface MethodArguments {
  readonly identity: RunIdentity
  readonly turn: ConversationTurn
  readonly snapshot: MemorySnapshot
  readonly turnId: EventId
  readonly options?: CallOptions
}

/** A method of the store. */
export interface MemoryMethod {
  readonly name: string
  /** The arguments that it takes besides the identity. */
  readonly takes: readonly ('turn' | 'snapshot' | 'turnId' | 'options')[]
  readonly call: (store: MemoryStore, given: MethodArguments) => Promise<unknown>
}

/** Every method of the store that takes an identity. */
export const memoryMethods: readonly MemoryMethod[] = [
  {
    name: 'addTurn',
    takes: ['turn', 'options'],
    call: (store, { identity, turn, options }) => store.addTurn(identity, turn, options),
  },
  {
    name: 'getLlmContext',
    takes: ['options'],
    call: (store, { identity, options }) => store.getLlmContext(identity, options),
  },
  {
    name: 'estimateTokens',
    takes: ['options'],
    call: (store, { identity, options }) => store.estimateTokens(identity, options),
  },
  {
    name: 'compact',
    takes: ['options'],
    call: (store, { identity, options }) => store.compact(identity, options),
  },
  {
    name: 'health',
    takes: ['options'],
    call: (store, { identity, options }) => store.health(identity, options),
  },
  {
    name: 'snapshot',
    takes: ['options'],
    call: (store, { identity, options }) => store.snapshot(identity, options),
  },
  {
    name: 'restore',
    takes: ['snapshot', 'options'],
    call: (store, { identity, snapshot, options }) => store.restore(identity, snapshot, options),
  },
  {
    name: 'convert',
    takes: ['options'],
    call: (store, { identity, options }) => store.convert(identity, options),
  },
  {
    name: 'delete',
    takes: ['options'],
    call: (store, { identity, options }) => store.delete(identity, options),
  },
  {
    name: 'forget',
    takes: ['turnId', 'options'],
    call: (store, { identity, turnId, options }) => store.forget(identity, turnId, options),
  },
  {
    name: 'passages.replace',
    takes: ['options'],
    call: (store, { identity, options }) =>
      store.passages.replace(identity, 'notes', [{ text: 'a', bytes: new Uint8Array() }], options),
  },
  {
    name: 'settled',
    takes: [],
    call: (store, { identity }) => store.settled(identity),
  },
]

/** The methods that take a subtree. Here it is that of the session. */
export const subtreeMethods: readonly MemoryMethod[] = [
  {
    name: 'deleteAll',
    takes: ['options'],
    call: (store, { identity, options }) =>
      store.deleteAll(allOfSession(sessionOf(identity)), options),
  },
  {
    name: 'prune',
    takes: ['options'],
    call: (store, { identity, options }) =>
      store.prune(allOfSession(sessionOf(identity)), { ...options, keepLatest: 1 }),
  },
  {
    name: 'passages.prune',
    takes: ['options'],
    call: (store, { identity, options }) =>
      store.passages.prune(allOfSession(sessionOf(identity)), { ...options, keepLatest: 1 }),
  },
]

/** The method that searches a subtree. Here it is that of the session. */
export const searchPassages: MemoryMethod = {
  name: 'passages.search',
  takes: ['options'],
  call: (store, { identity, options }) =>
    store.passages.search(allOfSession(sessionOf(identity)), 'notes', 'a', options),
}

/** The methods that take an identity and can be canceled. */
export const cancellableMethods: readonly MemoryMethod[] = memoryMethods.filter(({ takes }) =>
  takes.includes('options'),
)

/** Returns arguments with which every method succeeds under every strategy. */
export function validArguments(identity: RunIdentity): MethodArguments {
  return {
    identity,
    turn: newTurn('new'),
    snapshot: { bytes: new Uint8Array() },
    turnId: newEventId(),
  }
}
