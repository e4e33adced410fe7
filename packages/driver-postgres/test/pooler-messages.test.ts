import { isHarborageError } from '@harborage/core'
import { expect, test } from 'vitest'
import { connectionFailure, statementFailure } from '../src/internal/postgres-failure.ts'

/** Every 08P01 with which PgBouncer 1.12 to 1.25 may end a client, by what it means. */
const messages = {
  passing: [
    'admin forced disconnect',
    'auth_query response contained null user name',
    'bad cancel key',
    'bad pkt header',
    'bad sslreq answer',
    'bouncer config error',
    'bouncer resources exhaustion',
    'broken ParameterStatus packet',
    'cannot connect',
    'client connections exceeded (max_db_client_connections)',
    'client connections exceeded (max_user_client_connections)',
    'client_idle_timeout',
    'client_login_timeout',
    'client_login_timeout (server down)',
    'close_needed',
    'connect failed',
    'connect string changed',
    'connect timeout',
    'database configuration changed',
    'database removed',
    'disko over',
    'error response from auth_query',
    'evicted',
    'exec_on_connect query failed',
    'failed to answer authreq',
    'failed to prepare welcome message',
    'failed to store ParameterStatus',
    'idle server got dirty',
    'idle transaction timeout',
    'invalid server parameter',
    'login failed',
    'no memory for pool',
    'no more connections allowed (max_client_conn)',
    'obsolete connection',
    'out of memory',
    'pause failed',
    'pause mode',
    'pooler is shutting down',
    'prepared statement did not exist',
    'prepared statement name is already in use',
    'pgbouncer cannot connect to server',
    'query timeout',
    'query_timeout',
    'query_wait_timeout',
    'reset query failed',
    'result prepare failed',
    'server conn crashed?',
    'server connection closed',
    'server DNS lookup failed',
    'server idle timeout',
    'server lifetime over',
    'server login has been failing, cached error: password authentication failed for user "app" (server_login_retry)',
    'server login has been failing, cached error: no such user (server_login_retry)',
    'server login has been failing, try again later (server_login_retry)',
    'server login failed: wrong password type',
    'server refused SSL',
    'server shutting down',
    'server_lifetime',
    'startup pkt failed',
    'suspend_timeout',
    'SV_USED server got dirty',
    'test query failed',
    'TLS startup failed',
    'too many servers in the pool',
    'transaction timeout',
    'unclean server',
    'unexpected eof',
    'unknown pkt',
    'var change failed',
    'a text of another pooler',
  ],
  lasting: [
    '"trust" authentication failed',
    'auth failed',
    'auth_ldap_options is null',
    "bad packet header: '0a'",
    'bad packet',
    'broken Bind packet',
    'broken Close packet',
    'broken Describe packet',
    'broken Parse packet',
    'certificate authentication failed',
    'client password pkt before startup packet',
    'client re-sent startup pkt',
    'client selected an invalid SASL authentication mechanism',
    'client sent partial pkt in startup phase',
    'database "app" is disabled',
    'database does not allow connections: app',
    'empty password returned by client',
    'failed to parse packet',
    'invalid startup packet layout: expected terminator as last byte',
    'LDAP authentication failed',
    'ldap is not supported by this build',
    'login rejected',
    'no authentication method is found',
    'no such database: app',
    'no such user',
    'no username supplied',
    'not allowed',
    'old V2 protocol not supported',
    'PAM authentication failed',
    'password authentication failed',
    'password too long',
    'PQexec disallowed',
    'received unencrypted data after SSL request',
    'SASL authentication failed',
    'SSL req inside SSL',
    'SSL required',
    'TLS certificate name mismatch',
    'TLS client certificate required',
    'TLS connection required',
    'transaction blocks not allowed in statement pooling mode',
    'unix socket login rejected',
    "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed",
    'unsupported startup parameter in options: search_path',
    'unsupported startup parameter: replication',
    'username too long',
  ],
}

function errorOf(message: string, routine?: string): Error {
  const fields = routine === undefined ? {} : { routine }
  return Object.assign(new Error(message), { code: '08P01', severity: 'FATAL', ...fields })
}

/** Returns the failures of a connection and of a statement that ended with this error. */
function failuresOf(error: Error) {
  return [connectionFailure(error, 1_000), statementFailure(error)]
}

test.each(messages.passing)('a pooler that says "%s" is asked again', (message) => {
  for (const { error, mayPass } of failuresOf(errorOf(message))) {
    expect(mayPass).toBe(true)
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: true })
  }
})

test.each(messages.lasting)('a pooler that says "%s" is not asked again', (message) => {
  for (const { error, mayPass } of failuresOf(errorOf(message))) {
    expect(mayPass).toBe(false)
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(isHarborageError(error) && error.message).toMatch(/: .+ \(08P01\)$/)
  }
})

test('what Postgres itself does not understand is not sent again', () => {
  const error = errorOf('unexpected message type 0x42', 'SocketBackend')
  for (const failure of failuresOf(error)) {
    expect(failure.mayPass).toBe(false)
    expect(failure.error).toMatchObject({ retryable: false })
  }
})
