import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type * as artifactsPackage from '@harborage/artifacts'
import type * as corePackage from '@harborage/core'
import type * as memoryPackage from '@harborage/memory'
import type * as statePackage from '@harborage/state'

export const callNames = [
  'save',
  'load',
  'addTurn',
  'getLlmContext',
  'put',
  'get',
  'commitTogether',
] as const
export type CallName = (typeof callNames)[number]

/** Makes what a call needs, which is not counted, and resolves to the call. */
export type PreparedCall = () => Promise<() => Promise<unknown>>

/** The stores of one build, opened on one database, and the calls whose walks are counted. */
export interface MeasuredCalls {
  readonly calls: Readonly<Record<CallName, PreparedCall>>
  readonly close: () => Promise<void>
}

const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const identity = { ...scope, runId: 'r1' }
const turn = { userMessage: 'And now?', assistantResponse: 'We wait.' }
const BYTES = 1_024
const OUTPUT_BYTES = 4_096
/** Of each conversation before it is read or added to: what a call passes depends on it. */
const TURNS = 10

/** Opens the stores that the packages of a checkout export, as a user opens them. */
export async function openCalls(checkout: string, dsn: string): Promise<MeasuredCalls> {
  const { createEventBus, newEventId, openDatabase, ...core } =
    await load<typeof corePackage>('core')
  // A revision without steps makes the calls of the parts, one after the other.
  const { commitTogether }: Partial<Pick<typeof corePackage, 'commitTogether'>> = core
  const { openArtifactStore } = await load<typeof artifactsPackage>('artifacts')
  const { openMemoryStore } = await load<typeof memoryPackage>('memory')
  const { openStateStore } = await load<typeof statePackage>('state')
  await load(dsn.startsWith('sqlite:') ? 'driver-sqlite' : 'driver-postgres')

  const state = await openStateStore({ dsn })
  const artifacts = await openArtifactStore({ dsn })
  const memory = await openMemoryStore({ dsn, strategy: 'truncation', bus: createEventBus() })
  const database = await openDatabase(dsn)
  const together = {
    state: await openStateStore({ database }),
    artifacts: await openArtifactStore({ database }),
    memory: await openMemoryStore({ database, strategy: 'truncation', bus: createEventBus() }),
  }
  let made = 0
  const newBytes = (length = BYTES): Uint8Array => {
    made += 1
    return new Uint8Array(length).fill(made & 255).fill(made >> 8, 1)
  }
  const newConversation = async () => {
    made += 1
    const conversation = { ...identity, sessionId: `conversation ${made}` }
    for (let count = 0; count < TURNS; count += 1) await memory.addTurn(conversation, turn)
    return conversation
  }
  const kept = await artifacts.putBytes(scope, newBytes())
  return {
    calls: {
      save: async () => {
        const record = { identity, kind: 'checkpoint', eventId: newEventId(), bytes: newBytes() }
        return () => state.save(record)
      },
      load: async () => () => state.load(identity, 'checkpoint'),
      addTurn: async () => {
        const conversation = await newConversation()
        // A new id takes random numbers once in a millisecond: its calls are not the same each
        // time.
        const added = { ...turn, turnId: newEventId() }
        return () => memory.addTurn(conversation, added)
      },
      getLlmContext: async () => {
        const conversation = await newConversation()
        return () => memory.getLlmContext(conversation)
      },
      put: async () => {
        const bytes = newBytes()
        return () => artifacts.putBytes(scope, bytes)
      },
      get: async () => () => artifacts.get(scope, kept.id),
      commitTogether: async () => {
        const conversation = await newConversation()
        const added = { ...turn, turnId: newEventId() }
        const output = newBytes(OUTPUT_BYTES)
        const recordOf = (kind: string) => ({
          identity,
          kind,
          eventId: newEventId(),
          bytes: newBytes(),
        })
        const [checkpoint, cursor] = [recordOf('checkpoint'), recordOf('cursor')]
        if (commitTogether === undefined) {
          return async () => {
            await together.state.save(checkpoint)
            await together.state.save(cursor)
            await together.artifacts.putBytes(scope, output)
            await together.memory.addTurn(conversation, added)
          }
        }
        const stepId = newEventId()
        return () =>
          commitTogether({
            stepId,
            parts: {
              checkpoint: together.state.prepare.save(checkpoint),
              cursor: together.state.prepare.save(cursor),
              output: together.artifacts.prepare.putBytes(scope, output),
              turn: together.memory.prepare.addTurn(conversation, added),
            },
          })
      },
    },
    close: async () => {
      await together.memory.close()
      await together.artifacts.close()
      await together.state.close()
      await database.close()
      await memory.close()
      await artifacts.close()
      await state.close()
    },
  }

  async function load<Exports>(folder: string): Promise<Exports> {
    const entry = pathToFileURL(join(checkout, 'packages', folder, 'src/index.ts'))
    return (await import(entry.href)) as Exports
  }
}
