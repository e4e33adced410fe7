/**
 * What the tests use of drizzle-orm and its entries, whose own declarations do not compile with
 * `exactOptionalPropertyTypes` and without the clients of other databases.
 */
import type { DrizzleStatement } from '@harborage/core'

export interface Expression {
  readonly expression: true
}

export interface Column extends Expression {
  notNull(): Column
  primaryKey(): Column
  default(value: unknown): Column
}

export type Columns = Readonly<Record<string, Column>>

export interface Query {
  toSQL(): DrizzleStatement
}

export interface Filtered extends Query {
  where(condition: Expression | undefined): Query
}

export interface Values extends Query {
  returning(columns: Columns): Query
  onConflictDoNothing(): Query
}

type Row = Readonly<Record<string, unknown>>

export interface Statements {
  insert(table: object): { values(rows: Row | readonly Row[]): Values }
  update(table: object): { set(row: Row): Filtered }
  delete(table: object): Filtered
}

export interface Drizzle extends Statements {
  select(columns?: Columns): { from(table: object): Query }
  $with(name: string): { as(query: Query): object }
  with(...queries: readonly object[]): Statements
}

/** Of `drizzle-orm/better-sqlite3` and `drizzle-orm/node-postgres`. */
export function drizzle(options: { readonly client: object }): Drizzle

/** Of `drizzle-orm/sqlite-core`. */
export function sqliteTable<Of extends Columns>(name: string, columns: Of): Of
/** Of `drizzle-orm/pg-core`. */
export function pgTable<Of extends Columns>(name: string, columns: Of): Of
/** Of both. */
export function text(name?: string): Column
export function integer(name?: string): Column

export function and(...conditions: readonly Expression[]): Expression
export function eq(column: Column, value: unknown): Expression
export function inArray(column: Column, values: readonly unknown[]): Expression
export const sql: {
  (texts: TemplateStringsArray, ...values: readonly unknown[]): Expression
  raw(text: string): Expression
  placeholder(name: string): Expression
}
