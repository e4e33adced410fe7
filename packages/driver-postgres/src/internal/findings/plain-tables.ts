import type { SqlStatement } from '@harborage/core/sql'
import { z } from 'zod'
import { privileges, triggers, triggersColumn, type TableFacts } from './inspect-tables.ts'

interface NamedTables {
  readonly schema: string
  readonly names: readonly string[]
}

/**
 * The query for the facts about plain tables: without row security for the role, which has all
 * rights on them. It takes the server half as long as the query for any tables, most of which is
 * planning.
 */
export const plainTableQuery: SqlStatement<NamedTables, unknown> = {
  name: 'inspect_plain',
  isShortRead: true,
  repeat: 'reads',
  sql: `select c.relname as name,
    (not row_security_active(c.oid) and ${privileges.map((right) => `has_table_privilege(c.oid, '${right}')`).join(' and ')}
    )::text as is_plain,
    ${triggers}
  from pg_class c
  where c.relnamespace = to_regnamespace(quote_ident($1)) and c.relkind in ('r', 'p')
    and c.relname = any($2::text[])
  order by c.relname`,
  bind: ({ schema, names }) => [schema, [...names]],
}

const plainTableRow = z.object({
  name: z.string(),
  is_plain: z.string(),
  triggers: triggersColumn,
})

/** Returns the facts in the rows of the answer, or `undefined` if a table is not plain. */
export function readPlainTables(rows: readonly unknown[]): readonly TableFacts[] | undefined {
  const tables = rows.map((row) => plainTableRow.parse(row))
  if (tables.some(({ is_plain: isPlain }) => isPlain !== 'true')) return undefined
  return tables.map((table) => ({
    name: table.name,
    hidesRows: false,
    triggers: table.triggers,
    missingRights: [],
  }))
}
