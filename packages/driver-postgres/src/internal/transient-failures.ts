import { lastingProtocolFault, PROTOCOL_VIOLATION } from './pooler-messages.ts'

/** SQLSTATEs of transient failures of a server or its pooler. */
const TRANSIENT_STATES: ReadonlySet<string> = new Set([
  // Too many connections.
  '53300',
  // A failed or lost connection.
  '08000',
  '08003',
  '08006',
  // The outcome of a transaction is unknown.
  '08007',
  '40003',
  // The server is stopping or starting, or ended an idle session. A dropped database, 57P04, does
  // not come back.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
])

/**
 * Returns whether a failure is transient: the same call may succeed in a moment.
 *
 * @param routine The function of Postgres that failed.
 */
export function isTransientState(
  state: string,
  message: string,
  routine: string | undefined,
): boolean {
  if (state === PROTOCOL_VIOLATION) return lastingProtocolFault(message, routine) === undefined
  return TRANSIENT_STATES.has(state)
}

/**
 * Codes of network failures and exhausted limits, after which a server may be reachable in a
 * moment.
 */
const TRANSIENT_NETWORK_CODES: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  // The socket of a server that has not started yet.
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
])

/**
 * Returns whether a server may be reachable in a moment, after a network failure with this code.
 */
export function isTransientNetworkCode(code: string): boolean {
  return TRANSIENT_NETWORK_CODES.has(code)
}

/** System codes of a wrong address, missing permissions or another protocol. */
const PERMANENT_NETWORK_CODES: ReadonlySet<string> = new Set([
  'EACCES',
  'EAFNOSUPPORT',
  'EINVAL',
  'EPERM',
  'EPROTO',
])

/**
 * Returns whether a failure to connect is permanent: permissions, another protocol, or TLS, whose
 * codes are not system codes.
 */
export function isPermanentNetworkCode(code: string): boolean {
  return PERMANENT_NETWORK_CODES.has(code) || !/^E(?!RR_)/.test(code)
}
