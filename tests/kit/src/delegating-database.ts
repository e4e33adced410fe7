import type { DatabaseGauges, Finding, PingOptions } from '@harborage/core'
import type {
  MigrationLock,
  NoTables,
  SqlDatabase,
  SqlDialect,
  SqlStatement,
  SqlWork,
  StoredObjects,
  TransactionTraits,
} from '@harborage/core/sql'
import type { Kysely } from 'kysely'

/** A database that delegates all calls, as the base of one that changes a single method. */
export class DelegatingDatabase implements SqlDatabase {
  readonly engine: string
  readonly dialect: SqlDialect
  readonly schema: string | undefined
  readonly builder: Kysely<NoTables>
  protected readonly real: SqlDatabase

  constructor(real: SqlDatabase) {
    this.real = real
    this.engine = real.engine
    this.dialect = real.dialect
    this.schema = real.schema
    this.builder = real.builder
  }

  rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return this.real.rows(statement, parameters)
  }

  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return this.real.changes(statement, parameters)
  }

  transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return this.real.transaction(traits, work)
  }

  migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.real.migrate(lock, work)
  }

  ping(options?: PingOptions): Promise<void> {
    return this.real.ping(options)
  }

  gauges(): DatabaseGauges {
    return this.real.gauges()
  }

  inspect(objects: StoredObjects): Promise<readonly Finding[]> {
    return this.real.inspect(objects)
  }

  close(): Promise<void> {
    return this.real.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
