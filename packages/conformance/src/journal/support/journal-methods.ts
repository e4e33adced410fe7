import {
  allOfSession,
  newEventId,
  type CallOptions,
  type EventId,
  type RunIdentity,
} from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { collect } from '../../support/collect.ts'
import { FUTURE } from '../../support/expiry-dates.ts'
import { malformed } from '../../support/malformed.ts'
import { invalidBytes, invalidCallOptions, invalidNames } from '../../support/malformed-values.ts'
import { sessionOf } from '../../support/session-of.ts'
import { STREAM } from './entries.ts'

/** The arguments of all methods. Each method takes those that it needs. */
export interface MethodArguments {
  readonly owner: RunIdentity
  readonly stream: string
  readonly entryId: EventId
  readonly bytes: Uint8Array
  /** The position of the head, of which a replacement takes none. */
  readonly position: number
  readonly options?: CallOptions
}

/** A method of the store. */
export interface JournalMethod {
  readonly name: string
  /** The arguments that it takes besides the owner and the options. */
  readonly takes: readonly ('stream' | 'entryId' | 'bytes' | 'position')[]
  readonly call: (store: JournalStore, given: MethodArguments) => Promise<unknown>
}

/** Every method of the store that takes an owner. */
export const journalMethods: readonly JournalMethod[] = [
  {
    name: 'append',
    takes: ['stream', 'entryId', 'bytes'],
    call: (store, { owner, stream, entryId, bytes, options }) =>
      store.append(owner, stream, [{ entryId, bytes }], options),
  },
  {
    name: 'replaceAfter',
    takes: ['stream', 'entryId', 'bytes', 'position'],
    call: (store, { owner, stream, entryId, bytes, position, options }) =>
      store.replaceAfter(
        {
          owner,
          stream,
          position,
          entries: [{ entryId, bytes }],
          operationId: entryId,
          ifPosition: position,
        },
        options,
      ),
  },
  {
    name: 'read',
    takes: ['stream'],
    call: async (store, { owner, stream, options }) => collect(store.read(owner, stream, options)),
  },
  {
    name: 'get',
    takes: ['stream', 'entryId'],
    call: (store, { owner, stream, entryId, options }) =>
      store.get(owner, stream, [entryId], options),
  },
  {
    name: 'head',
    takes: ['stream'],
    call: (store, { owner, stream, options }) => store.head(owner, stream, options),
  },
  {
    name: 'follow',
    takes: ['stream'],
    call: (store, { owner, stream, options }) => beginToFollow(store, owner, stream, options),
  },
  {
    name: 'touch',
    takes: ['stream', 'position'],
    call: async (store, { owner, stream, position, options }) => {
      const { generation } = (await store.head(owner, stream)) ?? { generation: 'none' }
      const ifHead = { generation, position }
      return store.touch(owner, stream, { ...options, ifHead, expiresAt: FUTURE })
    },
  },
  {
    name: 'trim',
    takes: ['stream', 'position'],
    call: (store, { owner, stream, position, options }) =>
      store.trim(owner, stream, { before: position }, options),
  },
  {
    name: 'streams',
    takes: [],
    call: async (store, { owner, options }) => collect(store.streams(owner, options)),
  },
  {
    name: 'delete',
    takes: ['stream'],
    call: (store, { owner, stream, options }) => store.delete(owner, stream, options),
  },
]

/** The methods that take a subtree. Here it is that of the session. */
export const subtreeMethods: readonly JournalMethod[] = [
  {
    name: 'deleteAll',
    takes: [],
    call: async (store, { owner, options }) =>
      store.deleteAll(allOfSession(sessionOf(owner)), options),
  },
  {
    name: 'prune',
    takes: [],
    call: async (store, { owner, options }) =>
      store.prune(allOfSession(sessionOf(owner)), { ...options, keepLatest: 1, prefix: '' }),
  },
]

/** Follows a stream up to its first entry, if it has one. */
async function beginToFollow(
  store: JournalStore,
  owner: RunIdentity,
  stream: string,
  options: CallOptions | undefined,
): Promise<string | undefined> {
  const following = store.follow(owner, stream, options)
  if (options?.signal?.aborted !== true) {
    const head = await store.head(owner, stream)
    if (head === undefined || head.length === 0) return undefined
  }
  for await (const followed of following) return followed.generation
  return undefined
}

/** Returns arguments with which every method succeeds on a stream without entries. */
export function validArguments(owner: RunIdentity): MethodArguments {
  return {
    owner,
    stream: STREAM,
    entryId: newEventId(),
    bytes: Uint8Array.of(1, 2, 3),
    position: 0,
  }
}

/** Returns every malformed value of one argument of the method, other than the owner. */
export function malformedArguments({ takes }: JournalMethod): Partial<MethodArguments>[] {
  const wrong: Partial<MethodArguments>[] = invalidCallOptions.map((options) => ({
    options: malformed(options),
  }))
  if (takes.includes('stream')) {
    for (const stream of [...invalidNames, 'x'.repeat(1_025)]) {
      wrong.push({ stream: malformed(stream) })
    }
  }
  if (takes.includes('entryId')) {
    for (const entryId of [...invalidNames, 'x'.repeat(129)]) {
      wrong.push({ entryId: malformed(entryId) })
    }
  }
  if (takes.includes('bytes')) {
    for (const bytes of invalidBytes) wrong.push({ bytes: malformed(bytes) })
  }
  if (takes.includes('position')) {
    for (const position of invalidPositions) wrong.push({ position: malformed(position) })
  }
  return wrong
}

/** Values that are no positions. */
export const invalidPositions: readonly unknown[] = [
  undefined,
  null,
  -1,
  1.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '1',
  1n,
]
