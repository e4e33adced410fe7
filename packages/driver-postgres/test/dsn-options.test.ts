import { inspect } from 'node:util'
import { isHarborageError } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { describe, expect, test } from 'vitest'

const PASSWORD = 'Tr0ub4dor'
// Nothing listens there, so that connecting fails with another error.
const dsn = `postgres://app:${PASSWORD}@127.0.0.1:1/app`

async function refusal(refused: string): Promise<string> {
  const error: unknown = await openPostgres({ dsn: refused }).catch((thrown: unknown) => thrown)
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(PASSWORD)
  if (!isHarborageError(error, 'invalid_config')) throw error
  return error.message
}

describe('a DSN with an option that pg does not read is rejected, and the message names the replacement:', () => {
  test.for([
    ['schema=agents', 'schema of openPostgres'],
    ['currentSchema=agents', 'schema of openPostgres'],
    ['search_path=agents', 'schema of openPostgres'],
    ['max=5', 'max of openPostgres'],
    ['connection_limit=5', 'max of openPostgres'],
    ['pool_size=5', 'max of openPostgres'],
    ['pgbouncer=true', 'preparedStatements: false'],
    ['prepareThreshold=0', 'preparedStatements: false'],
    ['statement_cache_size=0', 'preparedStatements: false'],
    ['connect_timeout=10', 'connectionTimeoutMs'],
    ['pool_timeout=10', 'connectionTimeoutMs'],
    ['connectionTimeoutMillis=10', 'connectionTimeoutMs'],
    ['socket_timeout=10', 'queryTimeoutMs'],
    ['query_timeout=2000', 'queryTimeoutMs'],
    ['dbname=other', 'in the path'],
    ['target_session_attrs=read-write', 'one host'],
    ['channel_binding=require', 'verify-full'],
    ['sslmod=verify-full', 'did you mean sslmode?'],
    ['sslrootcret=/ca.pem', 'did you mean sslrootcert?'],
    ['ssl_mode=verify-full', 'did you mean sslmode?'],
    ['SSLMODE=verify-full', 'did you mean sslmode?'],
    ['aplication_name=app', 'did you mean application_name?'],
    ['binary=true', 'leave it out'],
    ['replication=database', 'leave it out'],
    ['client_encoding=LATIN1', 'leave it out'],
    ['colour=blue', 'pg reads only'],
    ['sslmode=disable&schema=agents', 'schema of openPostgres'],
  ] as const)('?%s', async ([query, advice]) => {
    const message = await refusal(`${dsn}?${query}`)
    expect(message).toContain(advice)
    expect(message).toContain(/(\w+)=[^&]*$/.exec(query)?.[1])
  })

  test.for([
    `postgres://app:5?x&${PASSWORD}&y=1@127.0.0.1:1/app`,
    `postgres://app:5?${PASSWORD}@127.0.0.1:1/app`,
    `postgres://app:5?${PASSWORD}%21&x@127.0.0.1:1/app`,
    `${dsn}?${PASSWORD}%21=1`,
  ])('but not if it may be a part of a password that is not percent-encoded', async (unencoded) => {
    expect(await refusal(unencoded)).toContain('percent-encoded')
  })
})

test.for([
  'sslmode=disable',
  'application_name=app@host',
  'options=-c%20lock_timeout%3D300',
  'statement_timeout=1000&lock_timeout=10&idle_in_transaction_session_timeout=2000',
  'client_encoding=utf-8',
])('a DSN with an option that pg reads is accepted: %s', async (query) => {
  await expect(openPostgres({ dsn: `${dsn}?${query}` })).rejects.toMatchObject({
    code: 'store_unavailable',
  })
})

test.for([
  `postgres://app:${PASSWORD}@one:5432,two:5432/app`,
  `postgres://app:${PASSWORD}@one,two/app`,
  `postgresql://one,two/app`,
  `postgres://app:${PASSWORD}@/app?host=one,two`,
  `${dsn}?port=5432,5433`,
])('a DSN with several hosts is rejected as such: %s', async (several) => {
  expect(await refusal(several)).toContain('several hosts')
})

describe('diagnose', () => {
  test('returns each fault of a DSN and does not connect', async () => {
    const findings = await diagnose({ dsn: `${dsn}?schema=agents&max=5&sslmode=disable` })
    expect(findings.map(({ name, grade }) => [name, grade])).toEqual([
      ['dsn_option', 'fails'],
      ['dsn_option', 'fails'],
    ])
  })

  test('returns a finding for an unreachable server', async () => {
    const [finding] = await diagnose({ dsn })
    expect(finding).toMatchObject({ name: 'unavailable', grade: 'fails', mayPass: true })
    expect(finding?.message).toContain('ECONNREFUSED')
  })

  test('returns a finding for a malformed option, which openPostgres rejects', async () => {
    expect(await diagnose({ dsn, max: 0 })).toMatchObject([{ name: 'config', grade: 'fails' }])
  })
})
