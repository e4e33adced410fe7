import type { Subtree, SubtreeLevel } from '@harborage/core'
import {
  areAfter,
  compileStatement,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type Kysely } from 'kysely'
import type { DatedCollection, DatedPage } from '../passage-driver.ts'
import { identityOf, ownerColumns, type CollectionColumns } from './rows.ts'
import type { MemoryTables } from './tables.ts'

/** The parameters of a page of collections. */
export interface DatedParameters extends CollectionColumns {
  /** 1 for collections of all names, else 0. */
  readonly all_names: number
  readonly after_user_id: string
  readonly after_session_id: string
  readonly after_run_id: string
  readonly after_collection: string
  readonly limit: number
}

/** The columns that name a collection, and the date of its newest passage. */
export interface DatedColumns extends CollectionColumns {
  readonly newest: number
}

/** The statements that find the collections of a subtree with their dates, by its level. */
export type DatedStatements = Readonly<
  Record<SubtreeLevel, SqlStatement<DatedParameters, DatedColumns>>
>

const key = ['tenant_id', 'user_id', 'session_id', 'run_id', 'collection'] as const

/** The number of columns of the key that name a subtree. The others name a place within it. */
const ownedBy = { tenant: 1, user: 2, session: 3, run: 4 } as const

/** Compiles the statements. */
export function compileDated(database: SqlDatabase): DatedStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  return {
    run: compileStatement(
      'memory_passages_run_dated',
      (at: DatedParameters) => datedIn(db, 'run', at),
      { repeat: 'reads' },
    ),
    session: compileStatement(
      'memory_passages_session_dated',
      (at: DatedParameters) => datedIn(db, 'session', at),
      { repeat: 'reads' },
    ),
    user: compileStatement(
      'memory_passages_user_dated',
      (at: DatedParameters) => datedIn(db, 'user', at),
      { repeat: 'reads' },
    ),
    tenant: compileStatement(
      'memory_passages_tenant_dated',
      (at: DatedParameters) => datedIn(db, 'tenant', at),
      { repeat: 'reads' },
    ),
  }
}

/** Returns the parameters of a page. */
export function datedParameters({ subtree, collection, after, limit }: DatedPage): DatedParameters {
  const { userId = '', sessionId = '', runId = '' } = after?.identity ?? {}
  return {
    ...ownerColumns(subtree),
    collection: collection ?? '',
    all_names: collection === undefined ? 1 : 0,
    after_user_id: userId,
    after_session_id: sessionId,
    after_run_id: runId,
    // No collection has an empty name.
    after_collection: after?.collection ?? '',
    limit,
  }
}

/** Returns the collection in a row. */
export function datedOf(row: DatedColumns): DatedCollection {
  const newest = new Date(Number(row.newest))
  return { identity: identityOf(row), collection: row.collection, newest }
}

function datedIn(db: Kysely<MemoryTables>, level: Subtree['level'], at: DatedParameters) {
  const owned = key.slice(0, ownedBy[level])
  const walked = key.slice(ownedBy[level])
  const found = db
    .selectFrom('memory_passages')
    .select(key)
    .select(sql<number>`max(created_at)`.as('newest'))
    .where((where) => where.and(owned.map((column) => where(column, '=', at[column]))))
    .where(areAfter(walked, (column) => Reflect.get(at, `after_${column}`)))
    .where(sql<boolean>`(${at.all_names} = 1 or collection = ${at.collection})`)
    .groupBy(key)
  return walked.reduce((ordered, column) => ordered.orderBy(column), found).limit(at.limit)
}
