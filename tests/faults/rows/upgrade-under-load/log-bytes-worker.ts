/** Saves with the statements of one version, and counts what that writes to the logs. */
import { stat } from 'node:fs/promises'

import { newEventId } from '@harborage/core'
import { requireSqlDatabase, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { Client } from 'pg'

import { serve, workerConfig } from '../../harness/serve.ts'

/** What the worker is started with. */
export interface LogBytesConfig {
  readonly dsn: string
  /** The path of a new SQLite file. */
  readonly path: string
}

/** What a save writes to the log: on SQLite on average, on Postgres in most cases. */
export interface LogUse {
  readonly bytes: number
  /** The number of records in the log, such as one for each entry of an index. */
  readonly records: number
}

/** What saves into empty slots write, and those that overwrite. */
export interface LogUses {
  readonly fill: LogUse
  readonly overwrite: LogUse
}

const config = workerConfig<LogBytesConfig>()
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const bytes = Buffer.alloc(100, 'content ')

async function save(state: StateStore, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    await state.save({ eventId: newEventId(), identity, kind: `task.${index}`, bytes })
  }
}

/** The saves between two looks at the log: few enough that no checkpoint comes in between. */
const STEP = 50
/** So many that the pages which are split hardly matter. */
const STEPS = 30

async function onSqlite(): Promise<LogUses> {
  await using state = await openStateStore({ dsn: `sqlite:${config.path}` })
  const log = new BetterSqlite3(config.path)
  const use = async (): Promise<LogUse> => {
    let written = 0
    for (let step = 0; step < STEPS; step += 1) {
      log.pragma('wal_checkpoint(TRUNCATE)')
      await save(state, step * STEP, STEP)
      written += (await stat(`${config.path}-wal`)).size
    }
    return { bytes: written / (STEPS * STEP), records: 0 }
  }
  const result = { fill: await use(), overwrite: await use() }
  log.close()
  return result
}

const SAVES = 100

/** Counts each statement by itself, since other tests use the server, too. */
async function onPostgres(): Promise<LogUses> {
  await using opened = await openPostgres({ dsn: config.dsn })
  const client = new Client({ connectionString: config.dsn })
  await client.connect()
  const uses: LogUse[] = []
  const database = withChanges(requireSqlDatabase(opened), async ({ sql, values }) => {
    const use = await explain(client, sql, values)
    if (use !== undefined) uses.push(use)
    return 1
  })
  await using state = await openStateStore({ database })
  const use = async (): Promise<LogUse> => {
    uses.length = 0
    await save(state, 0, SAVES)
    if (uses.length === 0) throw new Error('every save followed a checkpoint')
    // By chance the page of a row has no room for its next version, which is then logged as a whole.
    const least = (of: keyof LogUse): number => Math.min(...uses.map((each) => each[of]))
    return { bytes: least('bytes'), records: least('records') }
  }
  const fill = await use()
  // Makes room in the pages of the rows.
  await save(state, 0, SAVES)
  await client.query('vacuum state_records')
  const result = { fill, overwrite: await use() }
  await client.end()
  return result
}

interface Bound {
  readonly sql: string
  readonly values: readonly unknown[]
}

function withChanges(
  target: SqlDatabase,
  changes: (statement: Bound) => Promise<number>,
): SqlDatabase {
  const bind = <Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> => changes({ sql: statement.sql, values: statement.bind(parameters) })
  return new Proxy(target, {
    get(_, member): unknown {
      if (member === 'changes') return bind
      const value: unknown = Reflect.get(target, member)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

interface Explained {
  readonly Plan: {
    readonly 'WAL Records': number
    readonly 'WAL FPI': number
    readonly 'WAL Bytes': number
  }
}

/** Resolves to nothing if a checkpoint has just begun, after which whole pages are written. */
async function explain(
  client: Client,
  sql: string,
  values: readonly unknown[],
): Promise<LogUse | undefined> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly Explained[] }>(
    `explain (analyze, wal, format json) ${sql}`,
    [...values],
  )
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
  if (plan === undefined) throw new Error('there is no plan')
  if (plan['WAL FPI'] > 0) return undefined
  return { bytes: plan['WAL Bytes'], records: plan['WAL Records'] }
}

serve({ onSqlite, onPostgres })
