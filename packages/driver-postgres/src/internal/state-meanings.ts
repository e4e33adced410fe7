import { HIDDEN_ROWS, IN_RECOVERY, READ_ONLY } from './postgres-messages.ts'

/** What is known of a failed attempt. */
export interface FailureTraits {
  /** Whether another attempt may succeed. */
  readonly mayPass?: boolean
  /** Whether the statement, or the COMMIT, may have been applied although no answer came. */
  readonly mayBeApplied?: boolean
  /** Whether the connection can be used no longer. */
  readonly breaksConnection?: boolean
  /** Whether there was no connection to send anything on. */
  readonly isUnsent?: boolean
  /** Whether the statement gave up waiting for a lock. */
  readonly isLockTimeout?: boolean
}

/** What is known of a state. */
export interface StateTraits extends FailureTraits {
  /** Whether the connection ends, and the same call would fail again. Default: `false`. */
  readonly isLasting?: boolean
}

const LOST_AGAINST_OTHERS: StateMeaning = {
  message: 'the transaction lost against others',
  traits: { mayPass: true },
}
const STOPPED: StateMeaning = {
  message: 'a lock or a time limit stopped the statement: call again',
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
const NOT_UNDERSTOOD =
  'the server or its pooler does not understand the call, as on a connection for replication'
/** The connection is gone, and the next one would fail as well. */
const LASTING_LOSS: StateTraits = { isLasting: true }
/** A pooler or a failover has put the connection on another server. */
const SERVER_CHANGED: FailureTraits = { mayPass: true, breaksConnection: true }

export interface StateMeaning {
  readonly message: string
  /** Left out: the same call would fail again. */
  readonly traits?: StateTraits
}

/** What the states mean after which something can be done. */
const MEANINGS: ReadonlyMap<string, StateMeaning> = new Map([
  ['40001', LOST_AGAINST_OTHERS],
  ['40P01', LOST_AGAINST_OTHERS],
  ['55P03', { ...STOPPED, traits: { isLockTimeout: true } }],
  ['57014', STOPPED],
  ['53000', SHORT_OF_RESOURCES],
  ['53200', SHORT_OF_RESOURCES],
  // Other code has left a transaction open on the connection, and it has failed.
  ['25P02', FOREIGN_TRANSACTION],
  ['57P04', { message: 'the database was dropped', traits: LASTING_LOSS }],
  ['08P01', { message: NOT_UNDERSTOOD, traits: LASTING_LOSS }],
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
  ['42501', { message: 'the role lacks a right on the schema or its tables: grant it' }],
])

/** What the states mean that functions of Postgres use for a meaning of their own. */
const MEANINGS_OF_ROUTINES: ReadonlyMap<string, StateMeaning> = new Map([
  // `begin read write` on a standby, which is no prepared statement.
  ['0A000 call_bool_check_hook', { message: IN_RECOVERY, traits: SERVER_CHANGED }],
  ['25006 PreventCommandDuringRecovery', { message: IN_RECOVERY, traits: SERVER_CHANGED }],
  ['42501 ExecWithCheckOptions', { message: HIDDEN_ROWS }],
  ['42501 check_enable_rls', { message: HIDDEN_ROWS }],
])

/**
 * Returns what a state means, or `undefined` if nothing can be done about it.
 *
 * @param routine The function of Postgres that failed.
 */
export function meaningOf(state: string, routine: string | undefined): StateMeaning | undefined {
  return MEANINGS_OF_ROUTINES.get(`${state} ${routine}`) ?? MEANINGS.get(state)
}
