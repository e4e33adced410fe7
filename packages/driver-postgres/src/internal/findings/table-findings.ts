import type { Finding } from '@harborage/core'
import type { StoredObjects, StoredTrigger } from '@harborage/core/sql'
import { HIDDEN_ROWS } from '../postgres-messages.ts'
import type { TableFacts } from './table-facts.ts'

/** Returns what is wrong with tables, whatever they are for. */
export function tableFindings(tables: readonly TableFacts[]): readonly Finding[] {
  return tables.flatMap((table) => [
    ...(table.hidesRows ? [hiddenRows(table.name)] : []),
    ...table.triggers
      .filter(({ isEnabled, isOfSchema }) => !isEnabled || !isOfSchema)
      .map(({ name }) => brokenTrigger({ table: table.name, name })),
  ])
}

/** Returns what of a store's objects is not there. */
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

function missingTable(table: string): Finding {
  return {
    name: 'missing_table',
    grade: 'fails',
    message: `the table ${table} is gone, which the ledger of migrations says was made: restore it`,
  }
}

function missingTrigger({ table, name }: StoredTrigger): Finding {
  return {
    name: 'missing_trigger',
    grade: 'loses_data',
    message: `the trigger ${name} of ${table} is gone, so that other tables no longer follow it: restore it`,
  }
}

function brokenTrigger({ table, name }: StoredTrigger): Finding {
  return {
    name: 'broken_trigger',
    grade: 'loses_data',
    message:
      `the trigger ${name} of ${table} is disabled, or calls a function of another schema, so that other tables no longer ` +
      'follow it: enable it, or make it anew with the function of its own schema',
  }
}
