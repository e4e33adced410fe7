import { sql, type CreateTableBuilder, type Kysely, type RawBuilder } from 'kysely'
import { forAnyTables, type NoTables } from '../sql-calls.ts'
import type { KeyedTable, KeyOrder } from '../table-spec.ts'
import { keysOf } from './order-index.ts'
import { postgresColumnType } from './postgres-types.ts'
import type { KeyOrders } from './sql-dialect.ts'

/**
 * No limit, in a form whose value the planner does not know. It takes one for a tenth of the rows,
 * and so walks an index in its order instead of sorting all of them.
 */
const UNKNOWN_LIMIT = sql<number>`(select ${sql.lit(Number.MAX_SAFE_INTEGER)})`

/**
 * Keeps an order of keys in a separate table, because an update writes to every index of its own
 * table. Triggers keep one row there for each row of the table, so other statements do not need to
 * know, and updates do not touch it.
 */
export const keyTables: KeyOrders = {
  async create(db, schema, table, order) {
    await createKeyTable(db, table, order)
    await createKeeper(db, schema, table, order, sql`create`)
  },

  async moveOut(db, schema, table, order) {
    await createKeyTable(db, table, order)
    await createFirstKeeper(db, schema, table, order)
    // No write can come in between: creating a trigger locks writes out.
    const columns = refsOf(table.key)
    await sql`insert into ${named(schema, order.keyTable.name)} (${columns})
    select ${columns} from ${named(schema, table.name)}`.execute(db)
    await db.schema.dropIndex(order.name).execute()
  },

  /**
   * Replaces the function that {@link KeyOrders.moveOut} created, which contains the name of the
   * schema. After the schema was renamed or restored under another name, that function wrote keys
   * of new rows to the other schema or nowhere. The new one looks up the schema of its table.
   */
  async keepInAnySchema(db, schema, table, order) {
    const records = named(schema, table.name)
    const keys = named(schema, order.keyTable.name)
    const { keeper } = order.keyTable
    // In a restored copy the triggers may call the function of the original schema.
    const dropTriggers = async (): Promise<void> => {
      await sql`drop trigger if exists ${sql.id(keeper)} on ${records}`.execute(db)
      await sql`drop trigger if exists ${sql.id(`${keeper}_none`)} on ${records}`.execute(db)
    }
    await createKeeper(db, schema, table, order, sql`create or replace`, dropTriggers)
    // No write can come in between: creating a trigger locks writes out.
    const columns = refsOf(table.key)
    const isSame = sql.join(
      table.key.map((column) => sql`record.${sql.ref(column)} = kind.${sql.ref(column)}`),
      sql` and `,
    )
    await sql`delete from ${keys} as kind
    where not exists (select from ${records} as record where ${isSame})`.execute(db)
    await sql`insert into ${keys} (${columns}) select ${columns} from ${records} as record
    where not exists (select from ${keys} as kind where ${isSame})`.execute(db)
  },

  async remove(db, schema, table, { keyTable: { name, keeper } }) {
    const records = named(schema, table.name)
    await sql`drop trigger ${sql.id(keeper)} on ${records}`.execute(db)
    await sql`drop trigger ${sql.id(`${keeper}_none`)} on ${records}`.execute(db)
    await sql`drop function ${named(schema, keeper)}()`.execute(db)
    await db.schema.dropTable(name).execute()
  },

  objectsOf: (table, { keyTable }) => ({
    tables: [keyTable.name],
    triggers: [
      { table: table.name, name: keyTable.keeper },
      { table: table.name, name: `${keyTable.keeper}_none` },
    ],
  }),

  /**
   * Looks up each row of the page separately. The limit of one row enforces that: with a plain join
   * both tables could be read whole. The limit of the page ends the walk over the keys, of which
   * each page would otherwise sort all that follow.
   */
  pageOf(calls, table, order, page, columns, condition) {
    const keys = keysOf(calls, order.keyTable.name, order, page)
      .select(table.key)
      .limit(UNKNOWN_LIMIT)
      .as('page')
    let query = forAnyTables(calls.builder)
      .selectFrom(keys)
      .innerJoinLateral(
        (rows) =>
          rows
            .selectFrom(table.name)
            .select(columns)
            .where((where) =>
              where.and(
                table.key.map((column) =>
                  where(`${table.name}.${column}`, '=', where.ref(`page.${column}`)),
                ),
              ),
            )
            .where(condition)
            .limit(sql.lit(1))
            .as('record'),
        (join) => join.onTrue(),
      )
      .selectAll('record')
      .limit(page.limit)
    for (const column of order.columns) query = query.orderBy(`page.${column}`)
    return query.$castTo()
  },
}

async function createKeyTable(
  db: Kysely<NoTables>,
  { columns, key }: KeyedTable,
  order: KeyOrder,
): Promise<void> {
  const { name, index } = order.keyTable
  let table: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const column of key) {
    const type = await postgresColumnType(columns[column] ?? 'text', db)
    table = table.addColumn(column, type, (built) => built.notNull())
  }
  await table.addPrimaryKeyConstraint(`${name}_pkey`, [...key]).execute()
  await db.schema
    .createIndex(index)
    .on(name)
    .columns([...order.columns])
    .execute()
}

/**
 * Creates the triggers and the first version of their function. It runs with the rights of its
 * owner, so roles that write records need no right to write to the key table.
 */
async function createFirstKeeper(
  db: Kysely<NoTables>,
  schema: string | undefined,
  { name, key }: KeyedTable,
  { keyTable }: KeyOrder,
): Promise<void> {
  const keys = named(schema, keyTable.name)
  const keep = named(schema, keyTable.keeper)
  const columns = refsOf(key)
  const inserted = refsOf(key.map((column) => `new.${column}`))
  const deleted = refsOf(key.map((column) => `old.${column}`))
  const body = sql`begin
      case tg_op
        when 'INSERT' then insert into ${keys} (${columns}) values (${inserted});
        when 'DELETE' then delete from ${keys} where (${columns}) = (${deleted});
        when 'TRUNCATE' then truncate ${keys};
      end case;
      return null;
    end`.compile(db)
  // Not dollar-quoted: the schema name could contain the closing tag.
  await sql`create function ${keep}() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as ${sql.lit(body.sql)}`.execute(db)
  await sql`revoke execute on function ${keep}() from public`.execute(db)
  await createTriggers(db, keyTable.keeper, named(schema, name), keep)
}

/**
 * Creates the triggers and their function, which looks for the key table only in the schema of the
 * rows.
 */
async function createKeeper(
  db: Kysely<NoTables>,
  schema: string | undefined,
  table: KeyedTable,
  { keyTable }: KeyOrder,
  create: RawBuilder<unknown>,
  dropTriggers: () => Promise<void> = async () => {},
): Promise<void> {
  const keep = named(schema, keyTable.keeper)
  const body = keeperBody(keyTable.name, table.key)
  await sql`${create} function ${keep}() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as ${sql.lit(body)}`.execute(db)
  await sql`revoke execute on function ${keep}() from public`.execute(db)
  await dropTriggers()
  await createTriggers(db, keyTable.keeper, named(schema, table.name), keep)
}

async function createTriggers(
  db: Kysely<NoTables>,
  keeper: string,
  records: RawBuilder<unknown>,
  keep: RawBuilder<unknown>,
): Promise<void> {
  await sql`create trigger ${sql.id(keeper)} after insert or delete on ${records}
    for each row execute function ${keep}()`.execute(db)
  await sql`create trigger ${sql.id(`${keeper}_none`)} after truncate on ${records}
    for each statement execute function ${keep}()`.execute(db)
}

/**
 * Returns the body of the trigger function. It sets the search path, which is restored when it
 * ends: a statement with the schema name in it would be planned for each row. It fails if the table
 * is gone: a temporary table of the session could take its place, and run code with the rights of
 * the function's owner.
 */
function keeperBody(keyTable: string, key: readonly string[]): string {
  const columns = key.join(', ')
  const inserted = key.map((column) => `new.${column}`).join(', ')
  const deleted = key.map((column) => `old.${column}`).join(', ')
  return `begin
  if pg_catalog.to_regclass(pg_catalog.format('%I.${keyTable}', tg_table_schema)) is null then
    raise undefined_table using message = 'the table ${keyTable} is gone';
  end if;
  perform pg_catalog.set_config('search_path',
    pg_catalog.quote_ident(tg_table_schema) || ', pg_temp', true);
  case tg_op
    when 'INSERT' then insert into ${keyTable} (${columns}) values (${inserted});
    when 'DELETE' then delete from ${keyTable} where (${columns}) = (${deleted});
    when 'TRUNCATE' then truncate ${keyTable};
  end case;
  return null;
end`
}

function refsOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}

/** Returns a name qualified by the schema, for raw SQL. */
function named(schema: string | undefined, name: string): RawBuilder<unknown> {
  return schema === undefined ? sql.id(name) : sql.id(schema, name)
}
