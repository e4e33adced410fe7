import type { Kysely } from 'kysely'
import type { NoTables } from './sql-calls.ts'

/** Tables whose names and columns come from a definition. */
export type AnyTables = Record<string, Record<string, unknown>>

/** Returns a builder for tables that are named when it is called. */
export function forAnyTables(builder: Kysely<NoTables>): Kysely<AnyTables> {
  return builder.$extendTables<AnyTables>()
}
