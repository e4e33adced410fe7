import { randomUUID } from 'node:crypto'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  newEventId,
  type EventId,
  type RunIdentity,
  type Subtree,
  type SubtreeLevel,
} from '@harborage/core'
import type { NewEntry } from '@harborage/journal'
import { bytesOf } from '../../support/text-bytes.ts'
import type { EntryChoice, StreamChoice } from './step.ts'

/** The names of the streams of a history. */
export const STREAMS: readonly string[] = ['log', 'log/a', 'other']

/**
 * The number of entry ids of a history: few enough that all dropped ones are remembered, beyond
 * which drivers may differ.
 */
export const IDS = 24

/** The names that the steps of one history choose from. No other history uses them. */
export interface Vocabulary {
  readonly owner: (at: StreamChoice) => Required<RunIdentity>
  readonly stream: (at: StreamChoice) => string
  readonly entryId: (id: number) => EventId
  readonly operationId: (operation: number) => EventId
  readonly entry: (choice: EntryChoice) => NewEntry
  readonly subtree: (level: SubtreeLevel, at: StreamChoice) => Subtree
  /** All of the history. */
  readonly tenant: Subtree<'tenant'>
}

/** Makes the names of a history. */
export function newVocabulary(): Vocabulary {
  const tenantId = `tenant-${randomUUID()}`
  const ids = Array.from({ length: IDS }, newEventId)
  const operations = Array.from({ length: 6 }, newEventId)
  const owner = ({ session, run }: StreamChoice): Required<RunIdentity> => ({
    tenantId,
    userId: 'ann',
    sessionId: `s${session}`,
    runId: run === 0 ? '' : `r${run}`,
  })
  const entryId = (id: number): EventId => ids[id] ?? newEventId()
  return {
    owner,
    stream: ({ stream }) => STREAMS[stream] ?? '',
    entryId,
    operationId: (operation) => operations[operation] ?? newEventId(),
    entry: ({ id, content }) => ({
      entryId: entryId(id),
      type: content === 2 ? 'another' : '',
      bytes: bytesOf(`${id}, ${content}`),
      createdAt: new Date(id),
    }),
    subtree(level, at) {
      const { runId, ...session } = owner(at)
      switch (level) {
        case 'run':
          return allOfRun({ ...session, runId: runId === '' ? 'none' : runId })
        case 'session':
          return allOfSession(session)
        case 'user':
          return allOfUser({ tenantId, userId: 'ann' })
        case 'tenant':
          return allOfTenant({ tenantId })
      }
    },
    tenant: allOfTenant({ tenantId }),
  }
}
