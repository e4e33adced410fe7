import type { Finding } from '@harborage/core'
import {
  missingModule,
  missingTable,
  missingTrigger,
  type SqlCalls,
  type SqlStatement,
  type StoredObjects,
} from '@harborage/core/sql'

interface MissingRow {
  readonly type: 'table' | 'trigger' | 'module'
  /** The table of a trigger, or else `''`. */
  readonly owner: string
  readonly name: string
}

const missingObjects: SqlStatement<StoredObjects, MissingRow> = {
  name: 'inspect',
  repeat: 'reads',
  sql: `select 'table' as type, '' as owner, value as name from json_each(?)
    where value not in (select name from sqlite_schema where type = 'table')
    union all
    select 'trigger', value ->> 'table', value ->> 'name' from json_each(?)
    where (value ->> 'table') in (select name from sqlite_schema where type = 'table')
      and not exists (select 1 from sqlite_schema
        where type = 'trigger' and tbl_name = value ->> 'table' and name = value ->> 'name')
    union all
    select 'module', '', value from json_each(?)
    where value not in (select name from pragma_module_list)`,
  bind: ({ tables, triggers, modules = [] }) => [
    JSON.stringify(tables),
    JSON.stringify(triggers),
    JSON.stringify(modules),
  ],
}

const MODULE_ADVICE =
  'use better-sqlite3 as it is published, or compile SQLite with SQLITE_ENABLE_FTS5'

/**
 * Resolves to a finding for each table and trigger that does not exist, and each module that this
 * build of SQLite lacks.
 */
export async function findMissingObjects(
  calls: Pick<SqlCalls, 'rows'>,
  objects: StoredObjects,
): Promise<readonly Finding[]> {
  const rows = await calls.rows(missingObjects, objects)
  return rows.map(findingOf)
}

function findingOf({ type, owner, name }: MissingRow): Finding {
  switch (type) {
    case 'table':
      return missingTable(name)
    case 'trigger':
      return missingTrigger({ table: owner, name })
    case 'module':
      return missingModule(name, MODULE_ADVICE)
  }
}
