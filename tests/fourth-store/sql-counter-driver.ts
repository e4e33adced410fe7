import { HarborageError, type Database } from '@harborage/core'
import {
  compileStatement,
  isSqlFailure,
  openSqlDriver,
  sessionColumns,
  type SchemaChange,
  type SessionColumns,
  type SqlDatabase,
  type SqlStatement,
  type Subsystem,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import type { CounterDriver, CounterKey } from './counter-driver.ts'

interface KeyColumns extends SessionColumns {
  readonly run_id: string
  readonly name: string
}

interface CounterRow extends KeyColumns {
  readonly value: number
}

const key = ['tenant_id', 'user_id', 'session_id', 'run_id', 'name'] as const

const createCounters: SchemaChange = async (db, traits) => {
  const name = sql.raw(traits.nameType)
  await db.schema
    .createTable('counters')
    .addColumn('tenant_id', name, (each) => each.notNull())
    .addColumn('user_id', name, (each) => each.notNull())
    .addColumn('session_id', name, (each) => each.notNull())
    .addColumn('run_id', name, (each) => each.notNull())
    .addColumn('name', name, (each) => each.notNull())
    .addColumn('value', 'bigint', (each) => each.notNull())
    .addPrimaryKeyConstraint('counters_pkey', [...key])
    .execute()
}

const counters: Subsystem = {
  name: 'counters',
  packageName: 'a-counter-store',
  migrations: { '0001_create_counters': createCounters },
  lockedTables: ['counters'],
  objectsOn: () => ({ tables: ['counters'], triggers: [] }),
}

/** Opens the SQL driver of the counters on an open database. */
export function openSqlCounterDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<CounterDriver> {
  return openSqlDriver(database, migrate, {
    subsystem: counters,
    create: (sqlDatabase) => new SqlCounterDriver(sqlDatabase),
  })
}

class SqlCounterDriver implements CounterDriver {
  readonly #database: SqlDatabase
  readonly #add: SqlStatement<CounterRow, Pick<CounterRow, 'value'>>
  readonly #read: SqlStatement<KeyColumns, Pick<CounterRow, 'value'>>

  constructor(database: SqlDatabase) {
    this.#database = database
    const db = database.builder.$extendTables<{ counters: CounterRow }>()
    this.#add = compileStatement(
      'counters_add',
      ({ tenant_id, user_id, session_id, run_id, name, value }: CounterRow) =>
        db
          .insertInto('counters')
          .values({ tenant_id, user_id, session_id, run_id, name, value })
          .onConflict((conflict) =>
            conflict
              .columns(key)
              .doUpdateSet({ value: sql<number>`counters.value + excluded.value` }),
          )
          .returning('value'),
      // A second addition would count twice.
      { repeat: 'never' },
    )
    this.#read = compileStatement(
      'counters_read',
      ({ tenant_id, user_id, session_id, run_id, name }: KeyColumns) =>
        db
          .selectFrom('counters')
          .select('value')
          .where((where) => where.and({ tenant_id, user_id, session_id, run_id, name })),
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
