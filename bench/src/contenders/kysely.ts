import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'

import { plainPostgres } from './bare-postgres.ts'
import { plainSqlite } from './bare-sqlite.ts'
import type { BlobStore } from './blob-store.ts'
import { blobRow } from './plain-rows.ts'
import type { PlainTables } from './plain-tables.ts'
import type { Place, SlotStore, Write } from './slot-store.ts'

const name = 'Kysely by hand'
const note = 'each query built when it is called'

type Db = Kysely<PlainTables>

export function kyselySqliteSlots(path: string): SlotStore {
  return slots(overSqlite(path))
}

export async function kyselyPostgresSlots(dsn: string): Promise<SlotStore> {
  return slots(await overPostgres(dsn))
}

export function kyselySqliteBlobs(path: string): BlobStore {
  return blobs(overSqlite(path))
}

export async function kyselyPostgresBlobs(dsn: string): Promise<BlobStore> {
  return blobs(await overPostgres(dsn))
}

function overSqlite(path: string): Db {
  return new Kysely({ dialect: new SqliteDialect({ database: plainSqlite(path) }) })
}

async function overPostgres(dsn: string): Promise<Db> {
  return new Kysely({ dialect: new PostgresDialect({ pool: await plainPostgres(dsn) }) })
}

function slots(db: Db): SlotStore {
  const at = (place: Place) =>
    db
      .selectFrom('records')
      .select(['event_id', 'version', 'updated_at', 'bytes'])
      .where('tenant_id', '=', place.identity.tenantId)
      .where('user_id', '=', place.identity.userId)
      .where('session_id', '=', place.identity.sessionId)
      .where('run_id', '=', place.identity.runId)
      .where('kind', '=', place.kind)
  return {
    name,
    note,
    save: (write) => upsert(db, write),
    load: async (place) => (await at(place).executeTakeFirst())?.bytes,
    loadByEventId: async ({ identity }, eventId) =>
      (
        await db
          .selectFrom('records')
          .selectAll()
          .where('tenant_id', '=', identity.tenantId)
          .where('event_id', '=', eventId)
          .executeTakeFirst()
      )?.bytes,
    commit: (writes) =>
      db.transaction().execute(async (transaction) => {
        for (const write of writes) await upsert(transaction, write)
      }),
    list: async (identity) =>
      (
        await db
          .selectFrom('records')
          .selectAll()
          .where('tenant_id', '=', identity.tenantId)
          .where('user_id', '=', identity.userId)
          .where('session_id', '=', identity.sessionId)
          .where('run_id', '=', identity.runId)
          .orderBy('kind')
          .execute()
      ).length,
    close: () => db.destroy(),
  }
}

async function upsert(db: Db, { place, eventId, payload }: Write): Promise<void> {
  const { tenantId, userId, sessionId, runId } = place.identity
  const content = { event_id: eventId, version: 0, updated_at: Date.now(), bytes: payload.bytes }
  await db
    .insertInto('records')
    .values({
      tenant_id: tenantId,
      user_id: userId,
      session_id: sessionId,
      run_id: runId,
      kind: place.kind,
      ...content,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'])
        .doUpdateSet(content),
    )
    .execute()
}

function blobs(db: Db): BlobStore {
  return {
    name,
    note: `${note}; it hashes on put`,
    put: async (bytes) => {
      const row = blobRow(bytes)
      await db.insertInto('blobs').values(row).execute()
      return row.id
    },
    get: async (id) => {
      const { tenant_id, user_id, session_id } = SCOPE
      const row = await db
        .selectFrom('blobs')
        .select('bytes')
        .where('tenant_id', '=', tenant_id)
        .where('user_id', '=', user_id)
        .where('session_id', '=', session_id)
        .where('task_id', '=', '')
        .where('namespace', '=', 'default')
        .where('id', '=', id)
        .executeTakeFirst()
      return row?.bytes
    },
    clear: async () => void (await db.deleteFrom('blobs').execute()),
    close: () => db.destroy(),
  }
}

const SCOPE = blobRow(new Uint8Array())
