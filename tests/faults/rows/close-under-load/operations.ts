import { type Identity, parseEventId } from '@harborage/core'

import { Random } from '../../harness/random.ts'
import type { Stores } from './places.ts'

export const OPERATIONS = 128

/** The effect of an operation that a fresh reader sees. */
export type Trace = 'there' | 'absent' | 'torn' | 'doubled'

/** One call that a process makes, and how a fresh reader finds out whether it was applied. */
export interface Operation {
  readonly call: (stores: Stores) => Promise<unknown>
  readonly trace?: (reader: Stores) => Promise<Trace>
}

/**
 * Returns the same operations for the same round, so that one process calls them and another looks
 * for them.
 */
export function operationsOf(round: string, seed: number, hasAllStores: boolean): Operation[] {
  const random = new Random(seed)
  const kinds = hasAllStores ? [save, commit, addTurn, put, read, walk] : [put, put, put, readPut]
  return Array.from({ length: OPERATIONS }, (_, number) =>
    random.of(kinds)({
      identity: { tenantId: 'acme', userId: round, sessionId: `s${number % 16}` },
      name: `${round}-${number}`,
      text: `${round} ${number} `.repeat(1 + random.below(300)),
    }),
  )
}

interface Subject {
  readonly identity: Identity
  readonly name: string
  readonly text: string
}

function save({ identity, name, text }: Subject): Operation {
  return {
    call: async ({ state }) => state?.save(recordOf(identity, name, text)),
    trace: async ({ state }) => {
      const held = await state?.load(identity, name)
      return held === undefined ? 'absent' : isText(held.bytes, text) ? 'there' : 'torn'
    },
  }
}

function commit({ identity, name, text }: Subject): Operation {
  const names = [1, 2, 3].map((part) => `${name}/${part}`)
  return {
    call: async ({ state }) =>
      state?.commit({ save: names.map((each) => recordOf(identity, each, text)) }),
    trace: async ({ state }) => {
      const held = await Promise.all(names.map(async (each) => state?.load(identity, each)))
      const there = held.filter((each) => each !== undefined && isText(each.bytes, text))
      if (there.length === names.length) return 'there'
      return there.length === 0 ? 'absent' : 'torn'
    },
  }
}

function addTurn({ identity, name, text }: Subject): Operation {
  return {
    call: async ({ memory }) =>
      memory?.addTurn(identity, {
        turnId: parseEventId(name),
        userMessage: `<${name}>`,
        assistantResponse: text,
      }),
    // Unlike the other readers, a snapshot lets nothing begin in the background.
    trace: async ({ memory }) => {
      const snapshot = await memory?.snapshot(identity)
      const times = new TextDecoder().decode(snapshot?.bytes).split(`<${name}>`).length - 1
      return times === 0 ? 'absent' : times === 1 ? 'there' : 'doubled'
    },
  }
}

function put({ identity, name, text }: Subject): Operation {
  const content = `${name} ${text}`
  return {
    call: ({ artifacts }) => artifacts.putText(identity, content, { namespace: name }),
    trace: async ({ artifacts }) => {
      for await (const { id } of artifacts.list({ ...identity, namespace: name })) {
        return (await artifacts.getText(identity, id)) === content ? 'there' : 'torn'
      }
      return 'absent'
    },
  }
}

function read({ identity, name }: Subject): Operation {
  return {
    call: ({ state, memory, artifacts }) =>
      Promise.all([
        state?.load(identity, name),
        memory?.health(identity),
        artifacts.exists(identity, name),
      ]),
  }
}

function readPut({ identity, name }: Subject): Operation {
  return { call: ({ artifacts }) => artifacts.get(identity, name) }
}

/** Returns an operation that walks page by page while the store closes. */
function walk({ identity }: Subject): Operation {
  return {
    call: async ({ state, artifacts }) => {
      if (state !== undefined) for await (const _ of state.list(identity, 'r', { pageSize: 1 }));
      for await (const _ of artifacts.list(identity, { pageSize: 1 }));
    },
  }
}

function recordOf(identity: Identity, kind: string, text: string) {
  return { eventId: parseEventId(kind), identity, kind, bytes: new TextEncoder().encode(text) }
}

function isText(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes).toString() === text
}
