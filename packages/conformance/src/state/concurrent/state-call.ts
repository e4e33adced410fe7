import { allOfSession, type Identity, parseEventId } from '@harborage/core'
import type {
  CheckedRecord,
  CheckedTransaction,
  CommitOutcome,
  SlotKey,
  StateRecord,
  StateStore,
} from '@harborage/state'
import { PAST } from '../../support/expiry-dates.ts'
import { bytesOf, textOf } from '../../support/text-bytes.ts'
import { deleteSession } from '../../support/delete-session.ts'

/** A slot of a history. All slots of a history have the same tenant. */
export interface CallSlot {
  readonly session: string
  readonly kind: string
}

/** A record that a history saves. */
export interface CallRecord extends CallSlot {
  readonly eventId: string
  readonly text: string
  /** Whether it has expired as soon as it is saved. Default: it never expires. */
  readonly isExpired?: boolean
}

/** The slots of a session whose kind begins with a prefix. */
export interface CallPrefix {
  readonly session: string
  readonly prefix: string
}

/** A call of a history, in a form that can be sent to another process. */
export type StateCall =
  | (CallRecord & { readonly do: 'save'; readonly ifEventId?: string | null })
  | (CallSlot & { readonly do: 'load' })
  | { readonly do: 'loadMany'; readonly slots: readonly CallSlot[] }
  | { readonly do: 'loadByEventId'; readonly session: string; readonly eventId: string }
  | (CallSlot & { readonly do: 'delete'; readonly ifEventId?: string })
  | { readonly do: 'deleteSession'; readonly session: string }
  | (CallSlot & { readonly do: 'touch'; readonly ifEventId: string; readonly isExpired: boolean })
  /** The kind of the slot must be the beginning of no other one. */
  | (CallSlot & { readonly do: 'prune' })
  | {
      readonly do: 'commit'
      readonly expect: readonly (CallSlot & { readonly eventId: string | null })[]
      readonly save: readonly CallRecord[]
      readonly saveIfEmpty: readonly CallRecord[]
      readonly delete: readonly CallSlot[]
      readonly deletePrefix: readonly CallPrefix[]
    }

const BEFORE_ALL = new Date(0)

/** Makes a call and resolves to its answer as a text. */
export async function makeStateCall(
  store: StateStore,
  tenantId: string,
  call: StateCall,
): Promise<string> {
  switch (call.do) {
    case 'save': {
      const { ifEventId } = call
      const condition = ifEventId === undefined ? {} : { ifEventId: eventIdOf(ifEventId) }
      return store.save(recordOf(tenantId, call), condition)
    }
    case 'load': {
      const { identity, kind } = slotOf(tenantId, call)
      return answerOfRecord(await store.load(identity, kind))
    }
    case 'loadMany': {
      const records = await store.loadMany(call.slots.map((slot) => slotOf(tenantId, slot)))
      return records.map(answerOfRecord).join()
    }
    case 'loadByEventId':
      return answerOfRecord(
        await store.loadByEventId(sessionOf(tenantId, call.session), parseEventId(call.eventId)),
      )
    case 'delete': {
      const { identity, kind } = slotOf(tenantId, call)
      const { ifEventId } = call
      const condition = ifEventId === undefined ? {} : { ifEventId: parseEventId(ifEventId) }
      return String(await store.delete(identity, kind, condition))
    }
    case 'deleteSession':
      return String(await deleteSession(store, sessionOf(tenantId, call.session)))
    case 'touch': {
      const { identity, kind } = slotOf(tenantId, call)
      const ifEventId = parseEventId(call.ifEventId)
      const expiresAt = call.isExpired ? PAST : null
      return String(await store.touch(identity, kind, { ifEventId, expiresAt }))
    }
    case 'prune': {
      const within = allOfSession(sessionOf(tenantId, call.session))
      // No record is that old: it removes what has expired.
      const rules = { olderThan: BEFORE_ALL, kindPrefix: call.kind }
      return String((await store.prune(within, rules)).pruned)
    }
    case 'commit':
      return answerOfCommit(await store.commit(transactionOf(tenantId, call)))
  }
}

/** Returns the answer of a read that finds this record. */
export function answerOfRecord(record: Pick<StateRecord, 'eventId' | 'bytes'> | undefined): string {
  return record === undefined ? 'nothing' : `${record.eventId}: ${textOf(record.bytes)}`
}

/** Returns the answer of a commit as a text. */
export function answerOfCommit(outcome: CommitOutcome): string {
  if (outcome.repeated) return `repeated: ${outcome.save.join()}`
  const { save, saveIfEmpty, deleted } = outcome
  return [save.join(), saveIfEmpty.join(), `${deleted} deleted`].join('; ')
}

export function transactionOf(
  tenantId: string,
  call: Extract<StateCall, { do: 'commit' }>,
): CheckedTransaction {
  return {
    expect: call.expect.map((each) => ({
      ...slotOf(tenantId, each),
      eventId: eventIdOf(each.eventId),
    })),
    save: call.save.map((each) => recordOf(tenantId, each)),
    saveIfEmpty: call.saveIfEmpty.map((each) => recordOf(tenantId, each)),
    delete: call.delete.map((each) => slotOf(tenantId, each)),
    deletePrefix: call.deletePrefix.map(({ session, prefix }) => ({
      identity: { ...sessionOf(tenantId, session), runId: '' },
      kindPrefix: prefix,
    })),
  }
}

export function recordOf(tenantId: string, record: CallRecord): CheckedRecord {
  return {
    ...slotOf(tenantId, record),
    eventId: parseEventId(record.eventId),
    bytes: bytesOf(record.text),
    version: 0,
    updatedAt: new Date(0),
    expiresAt: record.isExpired === true ? PAST : undefined,
  }
}

export function slotOf(tenantId: string, { session, kind }: CallSlot): SlotKey {
  return { identity: { ...sessionOf(tenantId, session), runId: '' }, kind }
}

function sessionOf(tenantId: string, sessionId: string): Identity {
  return { tenantId, userId: 'ann', sessionId }
}

function eventIdOf(eventId: string | null): ReturnType<typeof parseEventId> | null {
  return eventId === null ? null : parseEventId(eventId)
}
