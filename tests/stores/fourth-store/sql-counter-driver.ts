import { HarborageError, type Database } from '@harborage/core'
import {
  compileStatement,
  defineTable,
  isSqlFailure,
  openSqlDriver,
  sessionColumns,
  type KeyOf,
  type RowOf,
  type SchemaChange,
  type SqlDatabase,
  type SqlStatement,
  type Subsystem,
  type TablesOf,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import type { CounterDriver, CounterKey } from './counter-driver.ts'

const spec = {
  name: 'counters',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    run_id: 'text',
    name: 'text',
    value: 'integer',
  },
  key: ['tenant_id', 'user_id', 'session_id', 'run_id', 'name'],
} as const

const counters = defineTable(spec)

type CounterRow = RowOf<typeof spec>
type KeyColumns = KeyOf<typeof spec>

const createCounters: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  await db.schema
    .createTable('counters')
    .addColumn('tenant_id', text, (each) => each.notNull())
    .addColumn('user_id', text, (each) => each.notNull())
    .addColumn('session_id', text, (each) => each.notNull())
    .addColumn('run_id', text, (each) => each.notNull())
    .addColumn('name', text, (each) => each.notNull())
    .addColumn('value', 'bigint', (each) => each.notNull())
    .addPrimaryKeyConstraint('counters_pkey', [...counters.key])
    .execute()
}

const subsystem: Subsystem = {
  name: 'counters',
  packageName: 'a-counter-store',
  tables: [counters.spec],
  migrations: { '0001_create_counters': createCounters },
}

/** Opens the SQL driver of the counters on an open database. */
export function openSqlCounterDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<CounterDriver> {
  return openSqlDriver(database, migrate, {
    subsystem,
    create: (sqlDatabase) => new SqlCounterDriver(sqlDatabase),
  })
}

class SqlCounterDriver implements CounterDriver {
  readonly #database: SqlDatabase
  readonly #add: SqlStatement<CounterRow, Pick<CounterRow, 'value'>>
  readonly #read: SqlStatement<KeyColumns, Pick<CounterRow, 'value'>>

  constructor(database: SqlDatabase) {
    this.#database = database
    const db = database.builder.$extendTables<TablesOf<typeof spec>>()
    this.#add = compileStatement(
      'counters_add',
      (row: CounterRow) =>
        db
          .insertInto('counters')
          .values(counters.rowOf(row))
          .onConflict((conflict) =>
            conflict
              .columns(counters.key)
              .doUpdateSet({ value: sql<number>`counters.value + excluded.value` }),
          )
          .returning('value'),
      // A second addition would count twice.
      { repeat: 'never' },
    )
    this.#read = compileStatement(
      'counters_read',
      (at: KeyColumns) =>
        db
          .selectFrom('counters')
          .select('value')
          .where((where) => where.and(counters.keyOf(at))),
      { repeat: 'reads', isPointRead: true },
    )
  }

  async add(at: CounterKey, amount: number): Promise<number> {
    try {
      const [row] = await this.#database.rows(this.#add, { ...columnsOf(at), value: amount })
      return row?.value ?? amount
    } catch (error) {
      if (!isSqlFailure(error, 'repeated')) throw error
      throw new HarborageError('outcome_unknown', 'the answer was lost: read the counter', {
        cause: error,
      })
    }
  }

  async read(at: CounterKey): Promise<number | undefined> {
    const [row] = await this.#database.rows(this.#read, columnsOf(at))
    return row?.value
  }

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}
}

function columnsOf({ identity, name }: CounterKey): KeyColumns {
  return { ...sessionColumns(identity), run_id: identity.runId, name }
}
