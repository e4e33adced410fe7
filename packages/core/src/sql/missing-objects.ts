import type { Finding } from '../finding.ts'
import type { StoredTrigger } from './table-spec.ts'

/** Returns an engine's finding that a table of a store is gone. */
export function missingTable(table: string): Finding {
  return {
    name: 'missing_table',
    grade: 'fails',
    message: `the table ${table} is gone, although the ledger of migrations says it was created: restore it from a backup`,
  }
}

/** Returns an engine's finding that a trigger of a store is gone. */
export function missingTrigger({ table, name }: StoredTrigger): Finding {
  return {
    name: 'missing_trigger',
    grade: 'loses_data',
    message: `the trigger ${name} of ${table} is gone, so that other tables no longer follow it: restore it`,
  }
}

/**
 * Returns an engine's finding that it lacks a module of virtual tables.
 *
 * @param advice What to do, at the end of the message.
 */
export function missingModule(module: string, advice: string): Finding {
  return {
    name: 'missing_module',
    grade: 'fails',
    message: `the database engine was built without ${module}, which finds passages by their words: ${advice}`,
  }
}
