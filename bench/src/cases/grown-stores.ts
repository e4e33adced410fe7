import type { Database } from '@harborage/core'
import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'

import type { Build } from '../contenders/build.ts'
import type { Place } from '../contenders/slot-store.ts'
import type { Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'
import { newEventIds, newPayload } from './workload.ts'

/** The size of a state store. */
export interface Size {
  readonly records: number
  readonly tenants: number
}

const RECORDS_OF_A_SESSION = 10
const RECORDS_OF_A_COMMIT = 500
/** The number of slots that are read and written, scattered over the whole table. */
const TOUCHED = 5000

/** Large stores. Each is filled once in a run, by the first case that needs it. */
export class GrownStores {
  readonly #scene: Scene
  readonly #stores = new Map<string, Promise<string>>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** Resolves to the DSN of a store of this size. */
  open(build: Build, engine: EngineName, size: Size, signal: AbortSignal): Promise<string> {
    const name = `${build.name} ${engine} ${size.records} ${size.tenants}`
    const store = this.#stores.get(name) ?? this.#fill(build, engine, size, signal)
    this.#stores.set(name, store)
    return store
  }

  async #fill(build: Build, engine: EngineName, size: Size, signal: AbortSignal): Promise<string> {
    if (engine === 'sqlite') {
      const path = await this.#scene.newFile()
      const database = await build.openSqlite({ dsn: path, durability: 'normal' })
      await fillFirstTenant(build, database, size, signal)
      copyTenantInSqlite(path, size.tenants)
      return `sqlite:${path}`
    }
    const dsn = await this.#scene.newDatabase()
    await fillFirstTenant(build, await build.openPostgres({ dsn }), size, signal)
    await copyTenantInPostgres(dsn, size.tenants)
    return dsn
  }
}

/** Saves the records of the first tenant, of 1 KiB each, through the store. */
async function fillFirstTenant(
  build: Build,
  database: Database,
  { records, tenants }: Size,
  signal: AbortSignal,
): Promise<void> {
  try {
    await using state = await build.openStateStore({ database })
    const mine = records / tenants
    for (let first = 0; first < mine; first += RECORDS_OF_A_COMMIT) {
      signal.throwIfAborted()
      const eventIds = newEventIds(Math.min(RECORDS_OF_A_COMMIT, mine - first))
      await state.commit({
        save: eventIds.map((eventId, offset) => {
          const { identity, kind } = placeAt(0, first + offset)
          return { eventId, identity, kind, bytes: newPayload().bytes }
        }),
      })
    }
  } finally {
    await database.close()
  }
}

// The other tenants get copies of the same records with the same event ids, which are unique only
// within a tenant. The database copies the rows: through the store a million would take minutes.

function copyTenantInSqlite(path: string, tenants: number): void {
  const db = new BetterSqlite3(path)
  try {
    db.pragma('synchronous = OFF')
    const columns = db
      .prepare<[], string>("select name from pragma_table_info('state_records')")
      .pluck()
      .all()
    const numbers = `with recursive numbers(number) as
      (select 1 union all select number + 1 from numbers where number < ${tenants - 1})`
    if (tenants > 1) db.exec(copyRows(columns, numbers))
    db.exec('analyze')
    db.pragma('wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
}

async function copyTenantInPostgres(dsn: string, tenants: number): Promise<void> {
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select column_name as name from information_schema.columns
        where table_name = 'state_records' order by ordinal_position`,
    )
    const numbers = `with numbers(number) as (select generate_series(1, ${tenants - 1}))`
    const columns = rows.map(({ name }) => name)
    if (tenants > 1) await client.query(copyRows(columns, numbers))
    await client.query('vacuum analyze state_records')
  } finally {
    await client.end()
  }
}

function copyRows(columns: readonly string[], numbers: string): string {
  const copied = columns.map((name) =>
    name === 'tenant_id' ? "'tenant-' || numbers.number" : `state_records.${name}`,
  )
  return `${numbers} insert into state_records (${columns.join(', ')})
    select ${copied.join(', ')} from state_records, numbers
    where tenant_id = '${tenantName(0)}'`
}

function tenantName(tenant: number): string {
  return `tenant-${tenant}`
}

function placeAt(tenant: number, number: number): Place {
  const session = Math.floor(number / RECORDS_OF_A_SESSION)
  const tenantId = tenantName(tenant)
  const userId = `user-${session % 50}`
  const sessionId = `session-${session}`
  const kind = `task.checkpoint-${number % RECORDS_OF_A_SESSION}`
  return {
    identity: { tenantId, userId, sessionId, runId: '' },
    kind,
    key: `${tenantId}:${userId}:${sessionId}:${kind}`,
  }
}

/** Returns slots from all parts of a store of this size. */
export function scatteredPlaces({ records, tenants }: Size): readonly Place[] {
  const perTenant = records / tenants
  // A stride that is coprime to the number of records reaches all parts.
  const stride = 7919
  return Array.from({ length: Math.min(TOUCHED, records) }, (_, index) => {
    const number = (index * stride) % records
    return placeAt(Math.floor(number / perTenant), number % perTenant)
  })
}
