/**
 * The SQLSTATE of nearly all errors that PgBouncer makes itself. Postgres uses it for messages that
 * it does not understand.
 */
export const PROTOCOL_VIOLATION = '08P01'

/** An error of a pooler that the same call would get again, and what to do about it. */
interface LastingMessage {
  readonly pattern: RegExp
  readonly advice: string
}

const LOGIN =
  'the pooler refused the login: check the user, the password, the certificate and its auth settings'
const OPTION =
  'the server or its pooler does not accept an option of the DSN: see the cause, and leave that option out'
const DATABASE = 'the pooler has no such database, or it is disabled: check the name, or enable it'
const POOLER_CONFIG = 'the configuration of the pooler is wrong: see the cause and its log'
const NOT_UNDERSTOOD =
  'the server or its pooler does not understand the call, as on a connection for replication: see the cause, and connect without that option'

/**
 * The messages of PgBouncer 1.12 to 1.25 that last. Every other one is about a connection or a
 * limit that may be free again in a moment: a server connection that died, was evicted or is too
 * old, a timeout, a limit of clients, a restart. Patterns begin at the start of the message: it may
 * quote another one, as "server login has been failing, cached error: …" does.
 */
const LASTING: readonly LastingMessage[] = [
  { pattern: /^(?:auth|(?:[\w" ]+ )?authentication) failed/i, advice: LOGIN },
  { pattern: /^(?:unix socket )?login rejected/i, advice: LOGIN },
  { pattern: /^(?:no such user|no username supplied|not allowed)/i, advice: LOGIN },
  { pattern: /^(?:username|password) too long/i, advice: LOGIN },
  { pattern: /^empty password/i, advice: LOGIN },
  { pattern: /^client selected an invalid SASL/i, advice: LOGIN },
  { pattern: /^TLS (?:client certificate required|certificate name mismatch)/i, advice: LOGIN },
  { pattern: /^(?:no such database|database does not allow connections)/i, advice: DATABASE },
  { pattern: /^database .+ is disabled/i, advice: DATABASE },
  { pattern: /^authentication database .+ is/i, advice: DATABASE },
  { pattern: /^unsupported (?:options )?startup parameter/i, advice: OPTION },
  { pattern: /^invalid startup packet/i, advice: OPTION },
  {
    pattern: /^(?:SSL|TLS connection) required/i,
    advice: 'the pooler asks for TLS: connect with sslmode=verify-full',
  },
  {
    pattern: /^transaction blocks not allowed/i,
    advice: 'the pooler is in statement mode: set its pool_mode to transaction',
  },
  {
    pattern: /^(?:no authentication method|auth_ldap_options|ldap is not supported)/i,
    advice: POOLER_CONFIG,
  },
  // Of a client that breaks the protocol, and of servers that tell no function of theirs.
  {
    pattern:
      /^(?:unsupported|old V2 protocol|PQexec disallowed|client re-sent|client password pkt|client sent partial|received unencrypted|SSL req inside|bad packet|broken (?:Parse|Bind|Describe|Close) packet|failed to parse packet)/i,
    advice: NOT_UNDERSTOOD,
  },
]

/**
 * Returns what to do about an 08P01 that the same call would get again, or `undefined` if it may
 * pass. Postgres names the function that failed, and what it does not understand it never will. A
 * pooler names none.
 *
 * @param routine The function of Postgres that failed.
 */
export function lastingProtocolFault(
  message: string,
  routine: string | undefined,
): string | undefined {
  const known = LASTING.find(({ pattern }) => pattern.test(message))
  return known?.advice ?? (routine === undefined ? undefined : NOT_UNDERSTOOD)
}
