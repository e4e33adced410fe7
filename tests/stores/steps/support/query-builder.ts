import type { DrizzleStatement, KyselyStatement } from '@harborage/core'
import type { ApplicationClient } from './step-databases.ts'

type Statement = DrizzleStatement | KyselyStatement

/** Statements about the orders of an application, as a query builder compiles them. */
export interface BuilderStatements {
  /** What can be a part of a step. */
  readonly written: {
    /** Makes o8 and o9, and returns their ids. */
    readonly made: Statement
    /** Makes o9 unless it is there. */
    readonly kept: Statement
    /** Pays o9 once. */
    readonly paid: Statement
    /** Removes o1 and o2. */
    readonly gone: Statement
    /** Changes an order that is not there. */
    readonly missed: Statement
  }
  /** What is refused when it is prepared. */
  readonly refused: Readonly<Record<string, Statement>>
  /** What the database refuses. */
  readonly failing: Readonly<Record<string, Statement>>
}

/** A query builder on the connection or the pool of the application. */
export interface QueryBuilder {
  readonly title: string
  readonly statementsOf: (client: ApplicationClient) => BuilderStatements
}
