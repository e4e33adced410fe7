import {
  compileStatement,
  isSqlFailure,
  type SqlDatabase,
  type Subsystem,
} from '@harborage/core/sql'

/** Which migrations of a store a database has, in their order. */
export interface Ledger {
  readonly applied: readonly string[]
  /** Those that the database lacks. */
  readonly pending: readonly string[]
  /** Those that a newer release applied. */
  readonly unknown: readonly string[]
}

/** Reads the migrations that a database has. It changes nothing and needs no open store. */
export async function readLedger(database: SqlDatabase, subsystem: Subsystem): Promise<Ledger> {
  const { migrations, optional } = subsystem
  const applied = await namesIn(database, `harbor_${subsystem.name}_migrations`)
  const required = Object.keys(migrations).toSorted()
  const known = [...required, ...(optional === undefined ? [] : [optional.name])]
  return {
    applied,
    pending: required.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  }
}

/** Returns whether a store was ever opened on the database of a ledger. */
export function isBegun({ applied }: Ledger): boolean {
  return applied.length > 0
}

async function namesIn(database: SqlDatabase, table: string): Promise<readonly string[]> {
  const statement = compileStatement(
    table,
    () =>
      database.builder
        .$extendTables<Record<string, { name: string }>>()
        .selectFrom(table)
        .select('name')
        .orderBy('name'),
    { repeat: 'reads' },
  )
  try {
    return (await database.rows(statement, {})).map(({ name }) => name)
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return []
    throw error
  }
}
