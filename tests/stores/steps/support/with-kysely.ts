import {
  Kysely,
  PostgresDialect,
  sql,
  SqliteDialect,
  type CompiledQuery,
  type Generated,
} from 'kysely'
import type { QueryBuilder } from './query-builder.ts'

interface Tables {
  orders: { id: string; state: string; paid: Generated<number> }
  order_lines: { order_id: string; item: string }
}

/** Kysely on the connection or the pool of the application. */
export const withKysely: QueryBuilder = {
  title: 'Kysely',
  statementsOf: (client) => {
    const kysely = new Kysely<Tables>({
      dialect:
        client.engine === 'sqlite'
          ? new SqliteDialect({ database: client.connection })
          : new PostgresDialect({ pool: client.pool }),
    })
    const orders = kysely.selectFrom('orders')
    return {
      written: {
        made: kysely
          .insertInto('orders')
          .values([
            { id: 'o8', state: "it's; new" },
            { id: 'o9', state: 'new' },
          ])
          .returning('id')
          .compile(),
        kept: kysely
          .insertInto('orders')
          .values({ id: 'o9', state: 'again' })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .compile(),
        paid: kysely
          .updateTable('orders')
          .set((order) => ({ state: 'paid', paid: order('paid', '+', 1) }))
          .where('id', '=', 'o9')
          .where('state', '=', 'new')
          .compile(),
        gone: kysely.deleteFrom('orders').where('id', 'in', ['o1', 'o2']).compile(),
        missed: kysely.updateTable('orders').set({ state: 'x' }).where('id', '=', 'o0').compile(),
      },
      refused: {
        'a SELECT': orders.selectAll().compile(),
        'an INSERT behind a WITH': kysely
          .with('held', () => orders.select('id'))
          .insertInto('order_lines')
          .columns(['order_id', 'item'])
          .expression((query) =>
            query.selectFrom('held').select(['id', sql<string>`'tea'`.as('item')]),
          )
          .compile(),
        'a change of a table': kysely.schema.dropTable('orders').compile(),
        'a BEGIN': raw(kysely, 'begin'),
      },
      failing: {
        'a key that is taken': kysely
          .insertInto('orders')
          .values({ id: 'o1', state: 'twice' })
          .compile(),
        'a reference to nothing': kysely
          .insertInto('order_lines')
          .values({ order_id: 'o0', item: 'tea' })
          .compile(),
        'two statements': raw(kysely, "update orders set paid = 1; update orders set state = 'x'"),
      },
    }
  },
}

function raw(kysely: Kysely<Tables>, text: string): CompiledQuery {
  return sql.raw(text).compile(kysely)
}
