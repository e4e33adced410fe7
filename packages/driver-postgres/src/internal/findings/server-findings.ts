import type { Finding } from '@harborage/core'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import { IN_RECOVERY, READ_ONLY } from '../failure-messages.ts'
import type { MissingRight, ServerFacts } from './inspect-server.ts'

const OLDEST_SERVER = 14

/** The message if there is no schema for the tables. */
export const NO_SCHEMA: string = 'the role has no current schema: pass the option schema'

/** Returns the problems of the server and of the connection to it. */
export function serverFindings(
  facts: ServerFacts,
  config: CheckedPostgresConfig,
): readonly Finding[] {
  const findings: readonly (Finding | false)[] = [
    facts.version < OLDEST_SERVER * 10_000 && {
      name: 'old_server',
      grade: 'fails',
      message: `the server is older than Postgres ${OLDEST_SERVER}: upgrade it`,
    },
    facts.encoding !== 'UTF8' && {
      name: 'database_encoding',
      grade: 'loses_data',
      message: `the database keeps its texts as ${facts.encoding}, which lacks characters: make one with encoding 'UTF8'`,
    },
    facts.clientEncoding !== 'UTF8' && {
      name: 'client_encoding',
      grade: 'loses_data',
      message: `the connection carries texts as ${facts.clientEncoding}, and pg reads them as UTF8: leave client_encoding out of its options`,
    },
    !facts.keepsBytes && {
      name: 'spoiled_bytes',
      grade: 'loses_data',
      message:
        'bytes do not come back from the server as they were sent: pass a Pool of the package pg, without its option binary',
    },
    (config.schema ?? facts.schema) === null && {
      name: 'no_schema',
      grade: 'fails',
      message: NO_SCHEMA,
    },
    facts.isInRecovery && {
      name: 'in_recovery',
      grade: 'fails',
      message: IN_RECOVERY,
      mayPass: true,
    },
    !facts.isInRecovery &&
      facts.isReadOnly && { name: 'read_only', grade: 'fails', message: READ_ONLY, mayPass: true },
    limitFinding('the role', facts.roleLimit, config),
    limitFinding('the database', facts.databaseLimit, config),
  ]
  return findings.filter((finding) => finding !== false)
}

function limitFinding(
  owner: string,
  limit: number,
  { max, pool }: CheckedPostgresConfig,
): Finding | false {
  if (limit < 0 || limit >= max || pool !== undefined) return false
  return {
    name: 'connection_limit',
    grade: 'slows',
    message:
      `${owner} may have ${limit} connections at a time, and max is ${max}: lower max so that all processes together ` +
      'stay below the limit, or raise it (CONNECTION LIMIT)',
  }
}

/** Returns a finding if the role cannot use the schema, or cannot create what is missing. */
export function rightsFindings({ missingRight }: ServerFacts, schema: string): readonly Finding[] {
  if (missingRight === null) return []
  return [{ name: 'missing_right', grade: 'fails', message: messageOfRight(missingRight, schema) }]
}

function messageOfRight(right: MissingRight, schema: string): string {
  if (right === 'use_schema') return `the role lacks USAGE on the schema ${schema}: grant it`
  return right === 'make_tables'
    ? `the role lacks CREATE on the schema ${schema}, in which no store has tables yet: grant it, or ${ELSEWHERE}`
    : `the role lacks CREATE on the database, and the schema ${schema} is not there: grant it, or ${ELSEWHERE}`
}

const ELSEWHERE = "open each store once under a role that has it, and here with migrate: 'verify'"
