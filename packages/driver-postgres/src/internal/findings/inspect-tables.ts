import type { Finding } from '@harborage/core'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { statementFailure } from '../postgres-failure.ts'
import { StatementRunner } from '../connections.ts'
import {
  missingTable,
  missingTrigger,
  type SqlStatement,
  type StoredObjects,
  type StoredTrigger,
} from '@harborage/core/sql'
import { z } from 'zod'
import { HIDDEN_ROWS } from '../failure-messages.ts'

/**
 * Resolves to the findings about all stores' tables in a schema. Only a store itself knows whether
 * one is missing.
 *
 * @throws PostgresFailure if the query fails.
 */
export async function inspectTables(
  pool: ClientPool,
  schema: string,
  config: CheckedPostgresConfig,
): Promise<readonly Finding[]> {
  const client = await pool.acquire()
  let isBroken = true
  try {
    const values = tableQuery.bind({ schema, names: undefined })
    const { rows } = await new StatementRunner(config).run(client, tableQuery, values)
    isBroken = false
    return tableFindings(rows.map(readTableFacts))
  } catch (error) {
    throw statementFailure(error)
  } finally {
    pool.release(client, isBroken)
  }
}

/** Facts about a table, for the role of the connection. */
export interface TableFacts {
  readonly name: string
  /** Whether row security may hide rows from the role, or reject rows that it writes. */
  readonly hidesRows: boolean
  readonly triggers: readonly TriggerFacts[]
  /** The privileges on the table that a store needs and the role lacks, such as INSERT. */
  readonly missingRights: readonly string[]
}

/** Facts about a trigger. */
export interface TriggerFacts {
  readonly name: string
  readonly isEnabled: boolean
  /** Whether its function is in the schema of the table. */
  readonly isOfSchema: boolean
}

/** The tables to inspect in a schema: the named ones, or those of all stores. */
export interface TableSelection {
  readonly schema: string
  readonly names: readonly string[] | undefined
}

/** The SQL condition that a policy applies to the table, the role and the command. */
const applies = `p.polrelid = c.oid and p.polcmd in ('*', command)
  and (p.polroles = '{0}' or exists (
    select from unnest(p.polroles) as named where pg_has_role(current_user, named, 'USAGE')))`

/** The SQL condition that a policy allows all rows to be read and written. */
const isOpen = `coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') = 'true'
  and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true'`

/**
 * The SQL condition that a table belongs to a store. The tables of a store and its ledger,
 * `harbor_<store>_migrations`, begin with the store's name, so no store has to be known here.
 */
export const isOfStore = `exists (
  select from pg_class ledger
  where ledger.relnamespace = c.relnamespace and ledger.relname ~ '^harbor_.+_migrations$'
    and starts_with(c.relname, substring(ledger.relname from '^harbor_(.+)_migrations$') || '_'))`

/** The SQL condition that a table is the ledger of a store's migrations. */
const isLedger = `c.relname ~ '^harbor_.+_migrations$'`

/**
 * The SQL condition that calls only read a table: a trigger writes it with the rights of the owner
 * of its function, or only migrations write it.
 */
const isOnlyRead = `(${isLedger} or exists (
  select from pg_trigger t join pg_class o on o.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid
  where o.relnamespace = c.relnamespace and o.oid <> c.oid and f.prosecdef
    and strpos(f.prosrc, c.relname) > 0))`

/** The SQL condition that the role has a right, at least to some columns. */
const hasRight = `case when wanted = 'DELETE' then has_table_privilege(c.oid, wanted)
  else has_any_column_privilege(c.oid, wanted) end`

/** The privileges that a store needs at most. */
export const privileges: readonly string[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']

/** The SQL expression of the triggers of a table. */
export const triggers = `(select coalesce(json_agg(json_build_object(
        'name', t.tgname,
        'isEnabled', t.tgenabled in ('O', 'A'),
        'isOfSchema', f.pronamespace = c.relnamespace)), '[]')
      from pg_trigger t join pg_proc f on f.oid = t.tgfoid
      where t.tgrelid = c.oid and not t.tgisinternal) as triggers`

/** The query for {@link TableFacts}. */
export const tableQuery: SqlStatement<TableSelection, unknown> = {
  name: 'inspect',
  isShortRead: true,
  repeat: 'reads',
  sql: `select c.relname as name,
    (row_security_active(c.oid) and exists (
      select from unnest(array['r', 'a', 'w', 'd']::"char"[]) as command
      where not exists (select from pg_policy p where ${applies} and p.polpermissive and ${isOpen})
        or exists (select from pg_policy p where ${applies} and not p.polpermissive and not (${isOpen}))
    ))::text as hides_rows,
    ${triggers},
    array_to_json(array(
      select wanted from unnest(array[${privileges.map((wanted) => `'${wanted}'`).join(', ')}]) as wanted
      where not (${hasRight}) and (wanted = 'SELECT' or not ${isOnlyRead})
    ))::text as missing_rights
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p')
    and case when $2::text[] is null then ${isLedger} or ${isOfStore} else c.relname = any($2) end
  order by c.relname`,
  bind: ({ schema, names }) => [schema, names === undefined ? null : [...names]],
}

const triggerFacts = z.array(
  z.object({ name: z.string(), isEnabled: z.boolean(), isOfSchema: z.boolean() }),
)

/** The schema of the column of {@link triggers}. */
export const triggersColumn: z.ZodType<readonly TriggerFacts[]> = z
  .string()
  .transform((json) => triggerFacts.parse(JSON.parse(json)))

const rights = z.array(z.string())

const tableRow = z.object({
  name: z.string(),
  hides_rows: z.string(),
  triggers: triggersColumn,
  missing_rights: z.string().transform((json) => rights.parse(JSON.parse(json))),
})

/** Returns the facts in a row of the answer. */
export function readTableFacts(row: unknown): TableFacts {
  const { name, hides_rows: hides, triggers, missing_rights: lacked } = tableRow.parse(row)
  return { name, hidesRows: hides === 'true', triggers, missingRights: lacked }
}

/** Returns the problems of tables. */
export function tableFindings(tables: readonly TableFacts[]): readonly Finding[] {
  return tables.flatMap((table) => [
    ...(table.hidesRows ? [hiddenRows(table.name)] : []),
    ...(table.missingRights.length > 0 ? [missingRights(table)] : []),
    ...table.triggers
      .filter(({ isEnabled, isOfSchema }) => !isEnabled || !isOfSchema)
      .map(({ name }) => brokenTrigger({ table: table.name, name })),
  ])
}

/** Returns a finding for each missing object of a store. */
export function missingObjects(
  tables: readonly TableFacts[],
  objects: StoredObjects,
): readonly Finding[] {
  const found = new Map(tables.map((table) => [table.name, table]))
  const lost = objects.tables.filter((name) => !found.has(name)).map(missingTable)
  const unkept = objects.triggers.filter(({ table, name }) => {
    const triggers = found.get(table)?.triggers
    return triggers !== undefined && !triggers.some((trigger) => trigger.name === name)
  })
  return [...lost, ...unkept.map(missingTrigger)]
}

function hiddenRows(table: string): Finding {
  return { name: 'hidden_rows', grade: 'loses_data', message: `${table}: ${HIDDEN_ROWS}` }
}

function missingRights({ name, missingRights: lacked }: TableFacts): Finding {
  return {
    name: 'missing_right',
    grade: 'fails',
    message: `the role lacks ${lacked.join(' and ')} on the table ${name}: grant it`,
  }
}

function brokenTrigger({ table, name }: StoredTrigger): Finding {
  return {
    name: 'broken_trigger',
    grade: 'loses_data',
    message:
      `the trigger ${name} of ${table} is disabled, or calls a function of another schema, so that other tables no longer ` +
      'follow it: enable it, or create it again with the function of its own schema',
  }
}
