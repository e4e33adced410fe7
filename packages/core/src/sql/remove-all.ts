import type { Removal } from './removal.ts'
import type { SqlDatabase } from './sql-database.ts'

/** Removes rows in one step and returns their number: by a statement alone where that is enough. */
export function removeAll<Parameters>(
  database: SqlDatabase,
  removal: Removal<Parameters>,
  parameters: Parameters,
): Promise<number> {
  const { dialect } = database
  const alone = dialect.removeAlone(removal)
  if (alone !== undefined) return database.changes(alone, parameters)
  return database.transaction({ name: removal.name, repeat: 'never' }, () =>
    dialect.removeAll(removal, parameters),
  )
}
