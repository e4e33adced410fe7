import type { Finding } from '@harborage/core'
import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import { z } from 'zod'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { StatementRunner } from '../connections.ts'

/** The findings about the role of a connection. */
export interface RoleInspection {
  /** The findings that it may have few connections. */
  readonly limits: readonly Finding[]
  /** The findings that it lacks a right to the schema. */
  readonly rights: readonly Finding[]
}

/** Reads the limits and rights of the role of a connection, and resolves to findings about them. */
export async function inspectRole(
  runner: StatementRunner,
  client: pg.Client,
  schema: string | undefined,
  config: CheckedPostgresConfig,
): Promise<RoleInspection> {
  const { rows } = await runner.run(client, roleQuery, [schema ?? null])
  const facts = roleRow.parse(rows[0])
  const limits = [
    limitFinding('the role', facts.role_limit, config),
    limitFinding('the database', facts.database_limit, config),
  ]
  return {
    limits: limits.filter((finding) => finding !== false),
    rights: schema === undefined ? [] : rightsFindings(facts.missing_right, schema),
  }
}

const roleQuery: CompiledSql = {
  name: 'role',
  sql: `select
    (select case when rolsuper then -1 else rolconnlimit end from pg_roles
      where rolname = session_user) as role_limit,
    (select datconnlimit from pg_database where datname = current_database()) as database_limit,
    (select case
        when n.oid is null then
          case when not has_database_privilege(current_database(), 'CREATE') then 'make_schema' end
        when not has_schema_privilege(n.oid, 'USAGE') then 'use_schema'
        when not has_schema_privilege(n.oid, 'CREATE') and not exists (
          select from pg_class c where c.relnamespace = n.oid and c.relname ~ '^harbor_.+_migrations$')
          then 'make_tables'
      end
      from (select $1::text as name) place
      left join pg_namespace n on n.nspname = place.name
      where place.name is not null) as missing_right`,
}

/** The missing privilege: to use the schema, to create its tables, or to create the schema. */
const missingRight = z.enum(['use_schema', 'make_tables', 'make_schema'])

type MissingRight = z.infer<typeof missingRight>

const roleRow = z.object({
  /** Negative if there is no limit. */
  role_limit: z.coerce.number(),
  /** Negative if there is no limit. */
  database_limit: z.coerce.number(),
  missing_right: missingRight.nullable(),
})

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
function rightsFindings(right: MissingRight | null, schema: string): readonly Finding[] {
  if (right === null) return []
  return [{ name: 'missing_right', grade: 'fails', message: messageOfRight(right, schema) }]
}

function messageOfRight(right: MissingRight, schema: string): string {
  if (right === 'use_schema') return `the role lacks USAGE on the schema ${schema}: grant it`
  return right === 'make_tables'
    ? `the role lacks CREATE on the schema ${schema}, in which no store has tables yet: grant it, or ${ELSEWHERE}`
    : `the role lacks CREATE on the database, and the schema ${schema} does not exist: grant it, or ${ELSEWHERE}`
}

const ELSEWHERE = "open each store once under a role that has it, and here with migrate: 'verify'"
