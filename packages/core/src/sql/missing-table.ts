import type { Finding } from '../finding.ts'

/** Returns an engine's finding that a table of a store is gone. */
export function missingTable(table: string): Finding {
  return {
    name: 'missing_table',
    grade: 'fails',
    message: `the table ${table} is gone, although the ledger of migrations says it was created: restore it from a backup`,
  }
}
