import { requireSqlDatabase, compileStatement } from '@harborage/core/sql'
import type { Database } from '@harborage/core'

type Rows = { memory_state: { kind: string; bytes: Uint8Array } }

/** Replaces the header of every conversation by a text. */
export async function damageHeader(database: Database, text: string): Promise<void> {
  const sql = requireSqlDatabase(database)
  const damage = compileStatement(
    'damage_header',
    ({ bytes }: { bytes: Uint8Array }) =>
      sql.builder
        .$extendTables<Rows>()
        .updateTable('memory_state')
        .set({ bytes })
        .where('kind', '=', 'memory.state'),
    { repeat: 'never' },
  )
  await sql.changes(damage, { bytes: new TextEncoder().encode(text) })
}

/** Removes every turn of every conversation, but not the headers. */
export async function loseTurns(database: Database): Promise<void> {
  const sql = requireSqlDatabase(database)
  const lose = compileStatement(
    'lose_turns',
    ({ before }: { before: string }) =>
      sql.builder.$extendTables<Rows>().deleteFrom('memory_state').where('kind', '>', before),
    { repeat: 'never' },
  )
  await sql.changes(lose, { before: 'memory.turn/' })
}
