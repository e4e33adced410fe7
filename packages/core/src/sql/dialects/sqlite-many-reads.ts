import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { Placeholder, placeholders, readParameter } from '../placeholder.ts'
import { forAnyTables, type SqlCalls } from '../sql-calls.ts'
import type { SqlStatement } from '../sql-statement.ts'
import type { ManyKeys, ManyReads, ManyRead, OrderColumn } from './sql-dialect.ts'

/** The largest number of keys for which there is a statement of exactly that number. */
const MAX_EXACT = 32
/** The numbers of keys beyond that. A statement with more keys than asked for takes longer. */
const SIZES: readonly number[] = [64, 128, 256, 512, 1_024]

/**
 * Compiles a read by many keys with a list of values, which is faster here than a JSON array. The
 * list of a statement has a fixed length, so there are statements for several lengths.
 */
export function compileListedReads<Parameters extends object, Key extends object, Row>(
  { builder }: SqlCalls,
  read: ManyRead<Parameters>,
): ManyReads<Parameters, Key, Row> {
  const { name, repeat, table, common, condition, columns } = read
  const db = forAnyTables(builder)
  const parameters = placeholders<Parameters>()
  const own = table.key.filter((column) => !common.some((each) => each === column))
  const place = sql.join(own.map((column) => sql.ref(column)))
  const find = (selected: readonly OrderColumn[]) => {
    const asked = db
      .selectFrom(table.name)
      .select(selected)
      .where((where) =>
        where.and(common.map((column) => sql<SqlBool>`${sql.ref(column)} = ${parameters[column]}`)),
      )
      .where(sql<SqlBool>`(${place}) in (select * from asked)`)
    return condition === undefined ? asked : asked.where(condition)
  }
  const sumOf = (value: RawBuilder<number>): RawBuilder<number> =>
    sql<number>`${find([sql<number>`sum(${value})`.as('sum')])}`
  const found = find(columns(parameters, sumOf)).compile()
  const key = `(${own.map(() => '?').join(', ')})`

  const statementOf = (size: number): SqlStatement<ManyKeys<Parameters, Key>, Row> => ({
    name,
    repeat,
    // The list comes first, so that its values are the first ones.
    sql: `with asked (${own.join(', ')}) as (values ${Array.from({ length: size }, () => key).join(', ')}) ${found.sql}`,
    bind(given) {
      const bound: unknown[] = []
      for (let index = 0; index < size; index += 1) {
        // A key that is listed twice finds its row once.
        const asked = given.keys[index] ?? given.keys[0] ?? {}
        for (const column of own) bound.push(Reflect.get(asked, column))
      }
      for (const parameter of found.parameters) {
        bound.push(parameter instanceof Placeholder ? readParameter(given, parameter) : parameter)
      }
      return bound
    },
  })

  const statements = new Map<number, SqlStatement<ManyKeys<Parameters, Key>, Row>>()
  return (count) => {
    const size = count <= MAX_EXACT ? count : (SIZES.find((each) => each >= count) ?? count)
    const statement = statements.get(size) ?? statementOf(size)
    statements.set(size, statement)
    return statement
  }
}
