import { forAnyTables } from '../any-tables.ts'
import type { SqlCalls } from '../sql-calls.ts'
import { compileStatement } from '../sql-statement.ts'
import type { LargeContent, LargeRead, LargeValue } from './sql-dialect.ts'

/** Reads all bytes at once. */
export function compileDirectRead<Key extends object>(
  calls: SqlCalls,
  { name, table, keyOf }: LargeValue<Key>,
): LargeRead<Key> {
  const db = forAnyTables(calls.builder)
  const get = compileStatement(
    name,
    (at: Key) =>
      db
        .selectFrom(table)
        .select(['sha256', 'bytes'])
        .where((where) => where.and(keyOf(at)))
        .$castTo<LargeContent>(),
    { repeat: 'reads' },
  )
  return async (key) => {
    const [content] = await calls.rows(get, key)
    return content
  }
}
