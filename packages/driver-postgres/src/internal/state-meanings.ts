import { HIDDEN_ROWS, IN_RECOVERY, lacksRight, READ_ONLY } from './failure-messages.ts'
import { lastingProtocolFault, PROTOCOL_VIOLATION } from './pooler-messages.ts'

/** Properties of a failed attempt. */
export interface FailureTraits {
  /** Whether another attempt may succeed. */
  readonly mayPass?: boolean
  /** Whether the statement, or the COMMIT, may have been applied although no answer came. */
  readonly mayBeApplied?: boolean
  /** Whether the connection cannot be used any longer. */
  readonly breaksConnection?: boolean
  /** Whether nothing was sent because there was no connection. */
  readonly isUnsent?: boolean
  /** Whether the statement failed with a lock timeout. */
  readonly isLockTimeout?: boolean
}

/** Properties of an SQLSTATE. */
export interface StateTraits extends FailureTraits {
  /** Whether the connection ends, and the same call would fail again. Default: `false`. */
  readonly isPermanent?: boolean
}

const LOST_AGAINST_OTHERS: StateMeaning = {
  message: 'the transaction conflicted with others and was rolled back',
  traits: { mayPass: true },
}
const STOPPED: StateMeaning = {
  message: 'a time limit stopped the statement: call again',
  traits: {},
}
const SHORT_OF_RESOURCES: StateMeaning = {
  message: 'the server lacks memory: call again',
  traits: {},
}
export const FOREIGN_TRANSACTION: StateMeaning = {
  message: 'other code left a transaction open on a connection of the pool',
  traits: { mayPass: true, breaksConnection: true },
}
/** The connection is gone, and the next one would fail as well. */
const PERMANENT_LOSS: StateTraits = { isPermanent: true }
/** A pooler or a failover has moved the connection to another server. */
const SERVER_CHANGED: FailureTraits = { mayPass: true, breaksConnection: true }

/** The meaning of an SQLSTATE. */
export interface StateMeaning {
  readonly message: string
  /** Absent if the same call would fail again. */
  readonly traits?: StateTraits
}

/** The meanings of states about which something can be done. */
const MEANINGS: ReadonlyMap<string, StateMeaning> = new Map([
  ['40001', LOST_AGAINST_OTHERS],
  ['40P01', LOST_AGAINST_OTHERS],
  ['57014', STOPPED],
  ['53000', SHORT_OF_RESOURCES],
  ['53200', SHORT_OF_RESOURCES],
  // Other code has left a transaction open on the connection, and it has failed.
  ['25P02', FOREIGN_TRANSACTION],
  ['57P04', { message: 'the database was dropped', traits: PERMANENT_LOSS }],
  ['25P04', { ...STOPPED, traits: { breaksConnection: true } }],
  [
    '25P03',
    {
      message: 'a transaction was idle for longer than the server allows, and was rolled back',
      traits: { mayPass: true, breaksConnection: true },
    },
  ],
  [
    '25006',
    {
      message: READ_ONLY,
      traits: SERVER_CHANGED,
    },
  ],
  [
    '26000',
    {
      message: 'the connection lost its prepared statements, as behind a pooler that shares them',
      traits: SERVER_CHANGED,
    },
  ],
  ['0A000', { message: 'a prepared statement no longer fits its tables', traits: SERVER_CHANGED }],
  [
    '53100',
    {
      message: 'the disk of the server is full: free some space',
      traits: { mayPass: true },
    },
  ],
  [
    '42P05',
    { message: 'a pooler shares prepared statements: open with preparedStatements: false' },
  ],
])

/** The meanings of states that certain Postgres functions use in their own way. */
const MEANINGS_OF_ROUTINES: ReadonlyMap<string, StateMeaning> = new Map([
  // `begin read write` on a standby, which has nothing to do with prepared statements.
  ['0A000 call_bool_check_hook', { message: IN_RECOVERY, traits: SERVER_CHANGED }],
  ['25006 PreventCommandDuringRecovery', { message: IN_RECOVERY, traits: SERVER_CHANGED }],
  ['42501 ExecWithCheckOptions', { message: HIDDEN_ROWS }],
  ['42501 check_enable_rls', { message: HIDDEN_ROWS }],
])

/**
 * Returns the meaning of a state, or `undefined` if nothing can be done about it.
 *
 * @param routine The function of Postgres that failed.
 */
export function meaningOf(
  state: string,
  message: string,
  routine: string | undefined,
): StateMeaning | undefined {
  const ofRoutine = MEANINGS_OF_ROUTINES.get(`${state} ${routine}`)
  if (ofRoutine !== undefined) return ofRoutine
  if (state === '42501') return { message: lacksRight(message) }
  if (state !== PROTOCOL_VIOLATION) return MEANINGS.get(state)
  const advice = lastingProtocolFault(message, routine)
  return advice === undefined ? undefined : { message: advice, traits: PERMANENT_LOSS }
}

/** The functions of Postgres that read the messages of the extended protocol. */
const READS_MESSAGE = /^(?:exec_(?:parse|bind)_message|pq_getmsg\w*)$/

/**
 * Returns whether a state is about the text or the values of a statement that is not prepared by
 * name: the number of its values, or what Postgres does not support. Of other statements, these
 * states are about the connection.
 *
 * @param routine The function of Postgres that failed. A pooler names none.
 */
export function isOfStatement(state: string | undefined, routine: string | undefined): boolean {
  if (routine === undefined) return false
  if (state === PROTOCOL_VIOLATION) return READS_MESSAGE.test(routine)
  // A plan that no longer fits is that of another statement, sent in the same group.
  if (state !== '0A000' || routine === 'RevalidateCachedQuery') return false
  return !MEANINGS_OF_ROUTINES.has(`${state} ${routine}`)
}
