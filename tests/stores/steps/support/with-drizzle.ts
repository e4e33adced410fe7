import { and, eq, inArray, sql } from 'drizzle-orm'
import type { QueryBuilder } from './query-builder.ts'

// Imported like this, since one declaration stands for all of these entries.
const { drizzle: onSqlite } = await import('drizzle-orm/better-sqlite3')
const { drizzle: onPostgres } = await import('drizzle-orm/node-postgres')
const { integer: pgInteger, pgTable, text: pgText } = await import('drizzle-orm/pg-core')
const { integer, sqliteTable, text } = await import('drizzle-orm/sqlite-core')

const ofPostgres = {
  orders: pgTable('orders', {
    id: pgText().primaryKey(),
    state: pgText().notNull(),
    paid: pgInteger().notNull().default(0),
  }),
  lines: pgTable('order_lines', {
    orderId: pgText('order_id').notNull(),
    item: pgText().notNull(),
  }),
}

const ofSqlite = {
  orders: sqliteTable('orders', {
    id: text().primaryKey(),
    state: text().notNull(),
    paid: integer().notNull().default(0),
  }),
  lines: sqliteTable('order_lines', {
    orderId: text('order_id').notNull(),
    item: text().notNull(),
  }),
}

/** Drizzle on the connection or the pool of the application. */
export const withDrizzle: QueryBuilder = {
  title: 'Drizzle',
  statementsOf: (client) => {
    const isSqlite = client.engine === 'sqlite'
    const db = isSqlite
      ? onSqlite({ client: client.connection })
      : onPostgres({ client: client.pool })
    const { orders, lines } = isSqlite ? ofSqlite : ofPostgres
    const made = [
      { id: 'o8', state: "it's; new" },
      { id: 'o9', state: 'new' },
    ]
    const pay = { state: 'paid', paid: sql`${orders.paid} + 1` }
    const held = db.$with('held').as(db.select({ id: orders.id }).from(orders))
    return {
      written: {
        made: db.insert(orders).values(made).returning({ id: orders.id }).toSQL(),
        kept: db.insert(orders).values({ id: 'o9', state: 'again' }).onConflictDoNothing().toSQL(),
        paid: db
          .update(orders)
          .set(pay)
          .where(and(eq(orders.id, 'o9'), eq(orders.state, 'new')))
          .toSQL(),
        gone: db
          .delete(orders)
          .where(inArray(orders.id, ['o1', 'o2']))
          .toSQL(),
        missed: db.update(orders).set({ state: 'x' }).where(eq(orders.id, 'o0')).toSQL(),
      },
      refused: {
        'a SELECT': db.select().from(orders).toSQL(),
        'an UPDATE behind a WITH': db.with(held).update(orders).set({ state: 'x' }).toSQL(),
        'a value that is still open': db
          .update(orders)
          .set({ state: 'x' })
          .where(eq(orders.id, sql.placeholder('id')))
          .toSQL(),
      },
      failing: {
        'a key that is taken': db.insert(orders).values({ id: 'o1', state: 'twice' }).toSQL(),
        'a reference to nothing': db.insert(lines).values({ orderId: 'o0', item: 'tea' }).toSQL(),
        'two statements': db
          .update(orders)
          .set({ paid: sql.raw("1; update orders set state = 'x'") })
          .toSQL(),
      },
    }
  },
}
