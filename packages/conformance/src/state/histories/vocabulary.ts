import { randomUUID } from 'node:crypto'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type EventId,
  type Identity,
  type Owner,
  parseEventId,
  tenantOwner,
  type Subtree,
  type SubtreeLevel,
  userOwner,
} from '@harborage/core'
import type { KindBounds, NewStateRecord, Slot, StateStore } from '@harborage/state'
import { collect } from '../../support/collect.ts'
import { bytesOf } from '../../support/text-bytes.ts'
import type {
  BoundsChoice,
  ExpiryChoice,
  RecordChoice,
  SessionChoice,
  SlotChoice,
  Step,
} from './step.ts'

type DirectoryChoice = Extract<Step, { readonly do: 'directory' }>

/** More tenants than there are, so that one page holds all. */
const ALL_TENANTS = { pageSize: 1_000 }

/** The names of kinds in a history, without its prefix. */
export const KINDS = ['a', 'A', 'a%', 'a_', 'a\ue000', 'a\u{10000}'] as const

/** The choice of a session that means the user, and the one that means the tenant. */
export const OF_USER = 2
export const OF_TENANT = 3

const DATES = { never: undefined, past: new Date(1), future: new Date(8.64e15) }

const CONTENTS = ['', 'content', 'content\0']

/**
 * The names of one history. No other history uses its tenants and kinds; all histories use the same
 * event ids.
 */
export interface Vocabulary {
  readonly kindPrefix: string
  /** Returns the subtree of a level that the slot is in, or beside. */
  readonly subtree: (level: SubtreeLevel, choice: SlotChoice) => Subtree
  /** Returns the session of the choice, or the user or the tenant if it says so. */
  readonly owner: (choice: SessionChoice) => Owner
  readonly slot: (choice: SlotChoice) => Slot
  readonly record: (choice: RecordChoice) => NewStateRecord
  readonly eventId: (event: number) => EventId
  readonly expiresAt: (choice: ExpiryChoice) => Date | undefined
  readonly bounds: (choice: BoundsChoice) => KindBounds
  /** Resolves to what a walk of the directory yields, of the tenants of this history. */
  readonly directory: (store: StateStore, choice: DirectoryChoice) => Promise<readonly Owner[]>
  /** Returns a prefix of a kind: that of the history and the next `length` characters. */
  readonly prefixOf: (kind: number, length: number) => string
}

function runIdOf({ run }: SlotChoice): string {
  return run === 0 ? '' : `run ${run}`
}

export function newVocabulary(): Vocabulary {
  const id = randomUUID()
  const kindPrefix = `${id}.`
  const kindOf = (kind: number): string => `${kindPrefix}${KINDS[kind] ?? ''}`
  const session = ({ tenant, user, session: number }: SessionChoice): Identity => ({
    tenantId: `${id}/${tenant}`,
    userId: `user ${user}`,
    sessionId: `session ${number % OF_USER}`,
  })
  const owner = (choice: SessionChoice): Owner => {
    const { tenantId, userId, sessionId } = session(choice)
    if (choice.session === OF_USER) return userOwner({ tenantId, userId })
    if (choice.session === OF_TENANT) return tenantOwner({ tenantId })
    return { tenantId, userId, sessionId }
  }
  const run = (choice: SlotChoice): Owner => {
    const identity = owner(choice)
    if (identity.sessionId === '') return identity
    return { ...identity, runId: runIdOf(choice) }
  }
  const subtree = (level: SubtreeLevel, choice: SlotChoice): Subtree => {
    const { tenantId, userId, sessionId } = session(choice)
    if (level === 'tenant') return allOfTenant({ tenantId })
    if (level === 'user') return allOfUser({ tenantId, userId })
    const identity = { tenantId, userId, sessionId }
    if (level === 'session' || choice.run === 0) return allOfSession(identity)
    return allOfRun({ ...identity, runId: runIdOf(choice) })
  }
  const directory = async (
    store: StateStore,
    { level, slot: choice, pageSize }: DirectoryChoice,
  ): Promise<readonly Owner[]> => {
    const { tenantId, userId, sessionId } = session(choice)
    const tenant = allOfTenant({ tenantId })
    if (level === 'run') return collect(store.runs({ tenantId, userId, sessionId }, { pageSize }))
    if (level === 'user') return collect(store.users(tenant, { pageSize }))
    if (level === 'session') {
      const within = choice.run === 0 ? allOfUser({ tenantId, userId }) : tenant
      return collect(store.sessions(within, { pageSize }))
    }
    const tenants = await collect(store.tenants({ maintenanceScoped: true }, ALL_TENANTS))
    return tenants.filter((each) => each.tenantId.startsWith(id))
  }
  const slot = (choice: SlotChoice): Slot => ({ identity: run(choice), kind: kindOf(choice.kind) })
  const eventId = (event: number): EventId => parseEventId(`event ${event}`)
  return {
    kindPrefix,
    expiresAt: (choice) => DATES[choice],
    subtree,
    owner,
    slot,
    eventId,
    directory,
    record: (choice) => ({
      ...slot(choice.slot),
      eventId: eventId(choice.event),
      bytes: bytesOf(CONTENTS[choice.content] ?? ''),
      version: choice.version,
      updatedAt: new Date(choice.version * 1_000 + choice.content),
      expiresAt: DATES[choice.expiry],
    }),
    bounds: ({ from, to }) => ({
      ...(from === undefined ? {} : { from: kindOf(from) }),
      ...(to === undefined ? {} : { to: kindOf(to) }),
    }),
    prefixOf: (kind, length) =>
      `${kindPrefix}${Array.from(KINDS[kind] ?? '')
        .slice(0, length)
        .join('')}`,
  }
}
