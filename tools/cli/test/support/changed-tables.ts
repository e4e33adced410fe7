import { requireSqlDatabase } from '@harborage/core/sql'
import { sql } from 'kysely'
import type { TestPlace } from './filled-stores.ts'

/** Runs statements on the database of a test, as another program would. */
export async function change(at: TestPlace, ...statements: readonly string[]): Promise<void> {
  await using database = await at.open()
  await requireSqlDatabase(database).migrate({ name: 'test', tables: [] }, async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db)
  })
}
