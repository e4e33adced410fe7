import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'

import { BARE } from '../measure/benchmark.ts'
import type { EventLog } from './event-log.ts'

/** The tables of a log by hand: a head, and entries with a number and a unique id each. */
const tables = (id: string, bytes: string): string => `
  create table log_heads (
    id ${id} primary key,
    tenant_id text not null, user_id text not null, session_id text not null,
    run_id text not null, log text not null, position bigint not null,
    updated_at bigint not null,
    unique (tenant_id, user_id, session_id, run_id, log)
  );
  create table log_entries (
    log_id bigint not null, position bigint not null, entry_id text not null,
    created_at bigint not null, bytes ${bytes} not null,
    primary key (log_id, position),
    unique (log_id, entry_id)
  )`

const ADVANCE = `insert into log_heads
  (tenant_id, user_id, session_id, run_id, log, position, updated_at)
  values ($1, $2, $3, $4, $5, 1, $6)
  on conflict (tenant_id, user_id, session_id, run_id, log) do update
  set position = log_heads.position + 1, updated_at = excluded.updated_at
  returning id, position`

const OWNER = ['acme', 'ann', 's1', '']

interface Head {
  readonly id: number
  readonly position: number
}

/** Opens logs that the bare client of SQLite writes, one transaction for each entry. */
export function bareSqliteLog(path: string): EventLog {
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(tables('integer', 'blob'))
  const advance = db.prepare<unknown[], Head>(ADVANCE.replaceAll(/\$\d/g, '?'))
  const insert = db.prepare<unknown[]>('insert into log_entries values (?, ?, ?, ?, ?)')
  const count = db.prepare<unknown[], { readonly count: number }>(
    `select count(*) as count from log_entries where log_id =
      (select id from log_heads where log = ?)`,
  )
  const append = db.transaction((log: string, entryId: string, bytes: Uint8Array) => {
    const now = Date.now()
    const head = advance.get(...OWNER, log, now)
    insert.run(head?.id, head?.position, entryId, now, bytes)
  })
  return {
    name: BARE,
    note: 'better-sqlite3, statements prepared once, WAL, synchronous=FULL',
    append: (log, entryId, bytes) => append.immediate(log, entryId, bytes),
    count: async (log) => count.get(log)?.count ?? 0,
    close: async () => void db.close(),
  }
}

/** Opens logs that the bare client of Postgres writes, one statement for each entry. */
export async function barePostgresLog(dsn: string): Promise<EventLog> {
  const pool = new pg.Pool({ connectionString: dsn, max: 10 })
  pool.on('error', () => {})
  await pool.query(tables('bigserial', 'bytea'))
  const text = `with head as (${ADVANCE})
    insert into log_entries (log_id, position, entry_id, created_at, bytes)
    select id, position, $7, $6, $8 from head`
  return {
    name: BARE,
    note: 'pg Pool of 10, named statements',
    append: (log, entryId, bytes) =>
      pool.query({ name: 'append', text, values: [...OWNER, log, Date.now(), entryId, bytes] }),
    async count(log) {
      const { rows } = await pool.query<{ count: string }>(
        `select count(*) from log_entries where log_id = (select id from log_heads where log = $1)`,
        [log],
      )
      return Number(rows[0]?.count)
    },
    close: () => pool.end(),
  }
}
