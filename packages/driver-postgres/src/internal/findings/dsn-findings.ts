import type { Finding } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import pg from 'pg'
import { clientFindings } from './client-findings.ts'
import { adviceOnOption } from './dsn-options.ts'

/** Returns the problems of a DSN. Does not connect, and no message contains a value of the DSN. */
export function dsnFindings(dsn: string): readonly Finding[] {
  return namesSeveralHosts(dsn) ? [severalHosts] : findingsOfOne(dsn)
}

const severalHosts: Finding = {
  name: 'several_hosts',
  grade: 'fails',
  message:
    'dsn names several hosts, and pg connects to one: name the one that accepts writes, such as the address of a proxy ' +
    'or a virtual address that follows the primary',
}

function namesSeveralHosts(dsn: string): boolean {
  const [, authority = ''] = /^[a-z]+:\/\/([^/?#]*)/i.exec(dsn) ?? []
  const hosts = authority.slice(authority.lastIndexOf('@') + 1)
  const options = optionsOf(dsn)
  return [hosts, options.get('host'), options.get('port')].some((named) => named?.includes(','))
}

/** Lets pg parse the DSN. Its error is dropped because it quotes the DSN with the password. */
function findingsOfOne(dsn: string): readonly Finding[] {
  try {
    const client = new pg.Client({ connectionString: dsn })
    return [...clientFindings(client), ...optionFindings(dsn)]
  } catch (error) {
    return [codeOf(error) === 'ENOENT' ? missingCertificate : malformedDsn]
  }
}

const missingCertificate: Finding = {
  name: 'missing_certificate',
  grade: 'fails',
  message: 'dsn names a file that does not exist: see its sslcert, sslkey and sslrootcert',
}

const malformedDsn: Finding = {
  name: 'malformed_dsn',
  grade: 'fails',
  message:
    'dsn cannot be parsed: pass "postgres://user:password@host:5432/name", with special characters percent-encoded',
}

function optionFindings(dsn: string): readonly Finding[] {
  const options = optionsOf(dsn)
  const advised = [...new Set(options.keys())].flatMap((name) => {
    const advice = adviceOnOption(name)
    return advice === undefined ? [] : [{ name, advice }]
  })
  // An apparent option name may be a part of a password in which "?" is not percent-encoded.
  const mayBePassword =
    queryOf(dsn).includes('@') || advised.some(({ name }) => !/^\w+$/.test(name))
  if (advised.length > 0 && mayBePassword) return [malformedDsn]
  const unread = advised.map(({ name, advice }) =>
    optionFinding(
      `dsn has the option ${name}, which pg does not read or a store cannot use: ${advice}`,
    ),
  )
  const encoding = options.get('client_encoding') ?? 'UTF8'
  if (/^utf-?8$/i.test(encoding)) return unread
  return [...unread, optionFinding('dsn has a client_encoding other than UTF8: leave it out')]
}

function optionFinding(message: string): Finding {
  return { name: 'dsn_option', grade: 'fails', message }
}

function optionsOf(dsn: string): URLSearchParams {
  return new URLSearchParams(queryOf(dsn))
}

function queryOf(dsn: string): string {
  const [, query = ''] = /\?([^#]*)/.exec(dsn) ?? []
  return query
}
