import type { Finding } from '@harborage/core'
import { missingTable, type SqlCalls, type SqlStatement } from '@harborage/core/sql'

const missingTables: SqlStatement<readonly string[], { readonly name: string }> = {
  name: 'inspect',
  repeat: 'reads',
  sql: `select value as name from json_each(?)
    where value not in (select name from sqlite_schema where type = 'table')`,
  bind: (names) => [JSON.stringify(names)],
}

/** Resolves to a finding for each table that does not exist. */
export async function findMissingTables(
  calls: Pick<SqlCalls, 'rows'>,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const rows = await calls.rows(missingTables, names)
  return rows.map(({ name }) => missingTable(name))
}
