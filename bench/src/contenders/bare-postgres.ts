import pg from 'pg'

import { BARE } from '../measure/benchmark.ts'
import type { BlobStore } from './blob-store.ts'
import {
  blobPlace,
  blobRow,
  blobValues,
  ownerValues,
  placeValues,
  recordValues,
  turnBytes,
  turnOf,
} from './plain-rows.ts'
import { numbered, PLAIN_SQL, plainTables, type BlobRow, type RecordRow } from './plain-tables.ts'
import type { SlotStore } from './slot-store.ts'
import type { TurnLog } from './turn-log.ts'

const name = BARE
const note = 'pg Pool of 10, named statements'

type StatementName = keyof typeof PLAIN_SQL

/** The statements of the bare client, by their names. */
const texts = Object.fromEntries(
  Object.entries(PLAIN_SQL).map(([statement, sql]) => [statement, numbered(sql)]),
)

/** Returns a named statement of the bare client. */
export function named(statement: StatementName, values: unknown[]): pg.QueryConfig {
  return { name: statement, text: texts[statement] ?? '', values }
}

/** Opens a pool for the bare client and the Kysely code, with their tables. */
export async function plainPostgres(dsn: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: dsn, max: 10 })
  pool.on('error', () => {})
  await pool.query(plainTables('postgres'))
  return pool
}

export async function barePostgresSlots(dsn: string): Promise<SlotStore> {
  const pool = await plainPostgres(dsn)
  const bytesOf = async (query: pg.QueryConfig): Promise<unknown> =>
    (await pool.query<RecordRow>(query)).rows[0]?.bytes
  return {
    name,
    note,
    save: (write) => pool.query(named('save', recordValues(write))),
    load: (place) => bytesOf(named('load', placeValues(place))),
    loadByEventId: ({ identity }, eventId) =>
      bytesOf(named('loadByEventId', [identity.tenantId, eventId])),
    commit: (writes) =>
      inTransaction(pool, async (client) => {
        for (const write of writes) await client.query(named('save', recordValues(write)))
      }),
    list: async (identity) =>
      (await pool.query<RecordRow>(named('list', ownerValues(identity)))).rows.length,
    close: () => pool.end(),
  }
}

export async function barePostgresBlobs(dsn: string): Promise<BlobStore> {
  const pool = await plainPostgres(dsn)
  return {
    name,
    note: `${note}; it hashes at a put, and compares nothing at a get`,
    put: async (bytes) => {
      const row = blobRow(bytes)
      await pool.query(named('put', blobValues(row)))
      return row.id
    },
    get: async (id) => (await pool.query<BlobRow>(named('get', blobPlace(id)))).rows[0]?.bytes,
    clear: async () => void (await pool.query('truncate blobs')),
    close: () => pool.end(),
  }
}

export async function barePostgresTurns(dsn: string): Promise<TurnLog> {
  const pool = await plainPostgres(dsn)
  let position = 0
  return {
    name,
    note: `${note}; one insert per turn and no bookkeeping`,
    add: (identity, turn) => {
      position += 1
      return pool.query(named('addTurn', [...ownerValues(identity), position, turnBytes(turn)]))
    },
    read: async (identity) => {
      const { rows } = await pool.query<{ bytes: Buffer }>(
        named('readTurns', ownerValues(identity)),
      )
      return rows.map(({ bytes }) => turnOf(bytes))
    },
    replace: (identity, turns) =>
      inTransaction(pool, async (client) => {
        await client.query(named('clearTurns', ownerValues(identity)))
        const positions = turns.map(() => (position += 1))
        await client.query(
          `insert into turns (tenant_id, user_id, session_id, run_id, position, bytes)
            select $1, $2, $3, $4, turn.* from unnest($5::bigint[], $6::bytea[]) turn`,
          [...ownerValues(identity), positions, turns.map(turnBytes)],
        )
      }),
    close: () => pool.end(),
  }
}

/** Runs work in a transaction on a connection of the pool. */
export async function inTransaction(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
