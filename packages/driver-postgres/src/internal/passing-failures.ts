/** States of a server, or of a pooler before it, that pass by themselves. */
const PASSING_STATES: ReadonlySet<string> = new Set([
  // Too many connections.
  '53300',
  // A connection that failed, or is gone.
  '08000',
  '08003',
  '08006',
  // Nobody knows how a transaction ended.
  '08007',
  '40003',
  // The server is going down or coming up, or ended an idle session. A database that was dropped,
  // 57P04, does not come back.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
])

/**
 * The state of nearly everything that PgBouncer says by itself, and of messages that the server does
 * not understand, which it will not understand later either.
 */
const PROTOCOL_VIOLATION = '08P01'

/** What poolers say of a server that they cannot reach now, or of clients that wait for too long. */
const PASSING_POOLER_MESSAGES =
  /timeout|no more connections|too many|server conn|server login|login failed|cannot connect|connect failed|shut(ting)? ?down|paused|suspended|database removed|reconnect/i

/** Whether a failure passes by itself: the server, or its pooler, may take the same call in a moment. */
export function isPassingState(state: string, message: string): boolean {
  if (state === PROTOCOL_VIOLATION) return PASSING_POOLER_MESSAGES.test(message)
  return PASSING_STATES.has(state)
}

/** Failures of the network, or of a machine at its limits, after which a server may be there in a moment. */
const PASSING_NETWORK_CODES: ReadonlySet<string> = new Set([
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
  // The socket of a server that is not up yet.
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
])

/** Whether a server may be there in a moment, after a failure of the network with this code. */
export function isPassingNetworkCode(code: string): boolean {
  return PASSING_NETWORK_CODES.has(code)
}

/** Codes of the system that tell of a wrong address, of rights or of another protocol. */
const LASTING_NETWORK_CODES: ReadonlySet<string> = new Set([
  'EACCES',
  'EAFNOSUPPORT',
  'EINVAL',
  'EPERM',
  'EPROTO',
])

/** Whether a failure to connect stays: rights, another protocol, or TLS, whose codes are no system's. */
export function isLastingNetworkCode(code: string): boolean {
  return LASTING_NETWORK_CODES.has(code) || !/^E(?!RR_)/.test(code)
}
