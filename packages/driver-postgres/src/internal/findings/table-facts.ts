import type { SqlStatement } from '@harborage/core/sql'
import { z } from 'zod'

/** What a table is like for the role of the connection. */
export interface TableFacts {
  readonly name: string
  /** Whether row security may keep rows from the role, in reading or in writing. */
  readonly hidesRows: boolean
  readonly triggers: readonly TriggerFacts[]
}

export interface TriggerFacts {
  readonly name: string
  readonly isEnabled: boolean
  /** Whether its function is in the schema of the table. */
  readonly isOfSchema: boolean
}

/** Which tables are meant: of one schema, by their names or all of stores. */
export interface TablesMeant {
  readonly schema: string
  readonly names: readonly string[] | undefined
}

/** A policy of the table that applies to the role and to the command. */
const applies = `p.polrelid = c.oid and p.polcmd in ('*', command)
  and (p.polroles = '{0}' or exists (
    select from unnest(p.polroles) as named where pg_has_role(current_user, named, 'USAGE')))`

/** What a policy says of rows that are read, and of rows that are written, is that all of them may be. */
const isOpen = `coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') = 'true'
  and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true'`

/**
 * A store's tables begin with its name, and so does its ledger: `harbor_<store>_migrations`. So those of all stores are
 * found without knowing one.
 */
const isOfStore = `exists (
  select from pg_class ledger
  where ledger.relnamespace = c.relnamespace and ledger.relname ~ '^harbor_.+_migrations$'
    and starts_with(c.relname, substring(ledger.relname from '^harbor_(.+)_migrations$') || '_'))`

/** The question for {@link TableFacts}. */
export const tableQuestion: SqlStatement<TablesMeant, unknown> = {
  name: 'inspect',
  isShortRead: true,
  repeat: 'reads',
  sql: `select c.relname as name,
    (row_security_active(c.oid) and exists (
      select from unnest(array['r', 'a', 'w', 'd']::"char"[]) as command
      where not exists (select from pg_policy p where ${applies} and p.polpermissive and ${isOpen})
        or exists (select from pg_policy p where ${applies} and not p.polpermissive and not (${isOpen}))
    ))::text as hides_rows,
    (select coalesce(json_agg(json_build_object(
        'name', t.tgname,
        'isEnabled', t.tgenabled in ('O', 'A'),
        'isOfSchema', f.pronamespace = c.relnamespace)), '[]')
      from pg_trigger t join pg_proc f on f.oid = t.tgfoid
      where t.tgrelid = c.oid and not t.tgisinternal) as triggers
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p')
    and case when $2::text[] is null then ${isOfStore} else c.relname = any($2) end
  order by c.relname`,
  bind: ({ schema, names }) => [schema, names === undefined ? null : [...names]],
}

const triggerFacts = z.array(
  z.object({ name: z.string(), isEnabled: z.boolean(), isOfSchema: z.boolean() }),
)

const tableRow = z.object({
  name: z.string(),
  hides_rows: z.string(),
  triggers: z.string().transform((json) => triggerFacts.parse(JSON.parse(json))),
})

/** Reads a row of the answer to the question. */
export function readTableFacts(row: unknown): TableFacts {
  const { name, hides_rows: hides, triggers } = tableRow.parse(row)
  return { name, hidesRows: hides === 'true', triggers }
}
