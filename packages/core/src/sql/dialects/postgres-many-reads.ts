import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { Placeholder, placeholders, readParameter } from '../placeholder.ts'
import { forAnyTables, type SqlCalls } from '../sql-calls.ts'
import type { SqlStatement } from '../sql-statement.ts'
import { postgresValueType } from './postgres-types.ts'
import type { ManyKeys, ManyReads, ManyRead, OrderColumn } from './sql-dialect.ts'

/** The largest number of keys whose rows are read about as fast as one. */
const FEW = 32

/**
 * Compiles a read by many keys, which are sent as an array for each column. Each row is looked up
 * separately. The limit of one row enforces that: with a plain join, a plan that was made for a
 * small table could read a large one whole.
 */
export function compileArrayReads<Parameters extends object, Key extends object, Row>(
  { builder }: SqlCalls,
  { name, repeat, table, common, condition, columns }: ManyRead<Parameters>,
): ManyReads<Parameters, Key, Row> {
  const db = forAnyTables(builder)
  const parameters = placeholders<Parameters>()
  const own = table.key.filter((column) => !common.some((each) => each === column))
  const lists = own.map((column) => ({
    column,
    list: new Placeholder(column),
    type: postgresValueType(table.columns[column] ?? 'text'),
  }))
  const find = (selected: readonly OrderColumn[]): RawBuilder<unknown> => {
    const found = db
      .selectFrom(table.name)
      .select(selected)
      .where((where) =>
        where.and(common.map((column) => sql<SqlBool>`${sql.ref(column)} = ${parameters[column]}`)),
      )
      .where((where) =>
        where.and(own.map((column) => where(column, '=', sql`asked.${sql.id(column)}`))),
      )
    const one = (condition === undefined ? found : found.where(condition)).limit(sql.lit(1))
    return sql`asked cross join lateral ${one} as found`
  }
  const sumOf = (value: RawBuilder<number>): RawBuilder<number> =>
    sql<number>`(select sum(found.value) from ${find([value.as('value')])})`
  const compiled = sql`with asked (${sql.join(own.map((column) => sql.id(column)))}) as
      (select ${sql.join(lists.map(({ list, type }) => sql`unnest(${list}::${type}[])`))})
    select found.* from ${find(columns(parameters, sumOf))}`.compile(builder)

  const columnOf = new Map<unknown, string>(lists.map(({ column, list }) => [list, column]))
  const statement: SqlStatement<ManyKeys<Parameters, Key>, Row> = {
    name,
    repeat,
    sql: compiled.sql,
    bind: (given) =>
      compiled.parameters.map((parameter) => {
        const column = columnOf.get(parameter)
        if (column !== undefined) return given.keys.map((key) => Reflect.get(key, column))
        return parameter instanceof Placeholder ? readParameter(given, parameter) : parameter
      }),
  }
  const reads = { few: { ...statement, isShortRead: true }, many: statement }
  return (count) => (count <= FEW ? reads.few : reads.many)
}
