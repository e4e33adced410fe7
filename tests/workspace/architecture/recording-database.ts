import type { DatabaseGauges, Finding } from '@harborage/core'
import {
  postgresDialect,
  sqliteDialect,
  stepsSubsystem,
  type NoTables,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
  type Subsystem,
} from '@harborage/core/sql'
import { idleGauges } from '@harborage/test-kit/idle-database'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type Dialect,
  type QueryCompiler,
} from 'kysely'

/** An SQL database that has every migration and no row. It records what is compiled on it. */
export class RecordingDatabase implements SqlDatabase {
  readonly engine: string
  readonly dialect: SqlDialect
  readonly schema: string | undefined
  readonly builder: Kysely<NoTables>
  /** The SQL of every statement that was compiled. */
  readonly compiled: string[] = []
  readonly #subsystems: readonly Subsystem[]

  /** @param subsystem The one of the store that is opened, besides that of steps. */
  constructor(engine: 'sqlite' | 'postgres', subsystem: Subsystem) {
    const isSqlite = engine === 'sqlite'
    this.engine = engine
    // A copy, since statements are compiled once for each dialect.
    this.dialect = { ...(isSqlite ? sqliteDialect : postgresDialect) }
    this.schema = isSqlite ? undefined : 'public'
    const compiler = this.#recorded(
      isSqlite ? new SqliteQueryCompiler() : new PostgresQueryCompiler(),
    )
    const builder = new Kysely<NoTables>({ dialect: dialectOf(isSqlite, compiler) })
    this.builder = this.schema === undefined ? builder : builder.withSchema(this.schema)
    this.#subsystems = [subsystem, stepsSubsystem]
  }

  async rows<Parameters, Row>({ name }: SqlStatement<Parameters, Row>): Promise<readonly Row[]> {
    const subsystem = this.#subsystems.find((each) => name === `harbor_${each.name}_ledger`)
    const migrations = Object.keys(subsystem?.migrations ?? {})
    const rows: readonly unknown[] = migrations.map((migration) => ({ name: migration }))
    // Only the statement's type knows what its rows are.
    return rows as readonly Row[]
  }

  async changes(): Promise<number> {
    return 0
  }

  async transaction<Result>(): Promise<Result> {
    throw new Error('no transaction is needed to compile statements')
  }

  async migrate<Result>(): Promise<Result> {
    throw new Error('every migration is applied')
  }

  async ping(): Promise<void> {}

  gauges(): DatabaseGauges {
    return idleGauges
  }

  async inspect(): Promise<readonly Finding[]> {
    return []
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Returns a compiler that records the SQL of each statement. */
  #recorded(compiler: QueryCompiler): QueryCompiler {
    return {
      compileQuery: (...query: Parameters<QueryCompiler['compileQuery']>): CompiledQuery => {
        const compiled = compiler.compileQuery(...query)
        this.compiled.push(compiled.sql)
        return compiled
      },
    }
  }
}

function dialectOf(isSqlite: boolean, compiler: QueryCompiler): Dialect {
  return {
    createAdapter: () => (isSqlite ? new SqliteAdapter() : new PostgresAdapter()),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) =>
      isSqlite ? new SqliteIntrospector(db) : new PostgresIntrospector(db),
    createQueryCompiler: () => compiler,
  }
}
