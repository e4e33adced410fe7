import type { EngineName } from '../measure/benchmark.ts'

/** Hand-written tables: with a primary key, and an event id that is unique within its tenant. */
export interface PlainTables {
  records: RecordRow
  blobs: BlobRow
}

export interface RecordRow {
  tenant_id: string
  user_id: string
  session_id: string
  run_id: string
  kind: string
  event_id: string
  version: number
  updated_at: number
  bytes: Uint8Array
}

export interface BlobRow {
  tenant_id: string
  user_id: string
  session_id: string
  task_id: string
  namespace: string
  id: string
  mime_type: string
  size_bytes: number
  filename: string
  sha256: string
  source_json: string
  created_at: number
  bytes: Uint8Array
}

/** Returns the statements that create the tables of the bare client and of the Kysely code. */
export function plainTables(engine: EngineName): string {
  const name = engine === 'sqlite' ? 'text not null' : 'text collate "C" not null'
  const bytes = engine === 'sqlite' ? 'blob not null' : 'bytea not null'
  return `
    create table records (
      tenant_id ${name}, user_id ${name}, session_id ${name}, run_id ${name}, kind ${name},
      event_id ${name}, version bigint not null, updated_at bigint not null, bytes ${bytes},
      primary key (tenant_id, user_id, session_id, run_id, kind),
      unique (tenant_id, event_id)
    );
    create table blobs (
      tenant_id ${name}, user_id ${name}, session_id ${name}, task_id ${name}, namespace ${name},
      id ${name}, mime_type ${name}, size_bytes bigint not null, filename ${name}, sha256 ${name},
      source_json ${name}, created_at bigint not null, bytes ${bytes},
      primary key (tenant_id, user_id, session_id, task_id, namespace, id)
    );
    create table turns (
      tenant_id ${name}, user_id ${name}, session_id ${name}, run_id ${name},
      position bigint not null, bytes ${bytes},
      primary key (tenant_id, user_id, session_id, run_id, position)
    );`
}

const RECORD_COLUMNS =
  'tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, bytes'
const BLOB_COLUMNS =
  'tenant_id, user_id, session_id, task_id, namespace, id, mime_type, size_bytes, filename, sha256, source_json, created_at, bytes'

/** The statements of the bare clients; `?` stands for a parameter. */
export const PLAIN_SQL = {
  save: `insert into records (${RECORD_COLUMNS}) values (${marks(9)})
    on conflict (tenant_id, user_id, session_id, run_id, kind) do update set
      event_id = excluded.event_id, version = excluded.version,
      updated_at = excluded.updated_at, bytes = excluded.bytes`,
  load: `select event_id, version, updated_at, bytes from records
    where tenant_id = ? and user_id = ? and session_id = ? and run_id = ? and kind = ?`,
  loadByEventId: `select ${RECORD_COLUMNS} from records where tenant_id = ? and event_id = ?`,
  list: `select ${RECORD_COLUMNS} from records
    where tenant_id = ? and user_id = ? and session_id = ? and run_id = ? order by kind`,
  put: `insert into blobs (${BLOB_COLUMNS}) values (${marks(13)})`,
  get: `select sha256, bytes from blobs where tenant_id = ? and user_id = ? and session_id = ?
    and task_id = ? and namespace = ? and id = ?`,
  clearBlobs: 'delete from blobs',
  addTurn: `insert into turns (tenant_id, user_id, session_id, run_id, position, bytes) values (${marks(6)})`,
  readTurns: `select bytes from turns
    where tenant_id = ? and user_id = ? and session_id = ? and run_id = ? order by position`,
  clearTurns:
    'delete from turns where tenant_id = ? and user_id = ? and session_id = ? and run_id = ?',
} as const

/** Returns the statement with the placeholders of pg: `$1`, `$2`. */
export function numbered(sql: string): string {
  let number = 0
  return sql.replaceAll('?', () => `$${(number += 1)}`)
}

function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}
