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
 * The state of nearly all of PgBouncer's own errors, and of messages that the server does not
 * understand, now or later.
 */
const PROTOCOL_VIOLATION = '08P01'

/** Messages of poolers about an unreachable server or a client that waited too long. */
const TRANSIENT_POOLER_MESSAGES =
  /timeout|no more connections|too many|server conn|server login|login failed|cannot connect|connect failed|shut(ting)? ?down|paused|suspended|database removed|reconnect/i

/** Returns whether a failure is transient: the same call may succeed in a moment. */
export function isTransientState(state: string, message: string): boolean {
  if (state === PROTOCOL_VIOLATION) return TRANSIENT_POOLER_MESSAGES.test(message)
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
