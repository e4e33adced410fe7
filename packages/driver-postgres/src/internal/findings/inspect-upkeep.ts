import type { Finding } from '@harborage/core'
import type { CompiledSql } from '@harborage/core/sql'
import { z } from 'zod'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { StatementRunner } from '../connections.ts'
import { statementFailure } from '../postgres-failure.ts'
import { isOfStore } from './inspect-tables.ts'

/** From this difference on, dates of two machines are in a wrong order for people too. */
const MAX_SKEW_MS = 2_000

/** A smaller table is read fast under any plan. */
const LARGE_TABLE_ROWS = 10_000

/**
 * Resolves to the findings about what an administrator keeps up: the clock, the statistics of the
 * planner and the number of connections of the server.
 *
 * @throws PostgresFailure if the query fails.
 */
export async function inspectUpkeep(
  pool: ClientPool,
  schema: string,
  config: CheckedPostgresConfig,
): Promise<readonly Finding[]> {
  const client = await pool.acquire()
  let isBroken = true
  try {
    const asked = Date.now()
    const { rows } = await new StatementRunner(config).run(client, upkeepQuery, [schema])
    const answered = Date.now()
    isBroken = false
    const { now, connections, unanalyzed } = upkeepRow.parse(rows[0])
    // The server read its clock at some time between the two.
    const skew = Math.max(asked - now, now - answered)
    return [
      ...(skew > MAX_SKEW_MS ? [clockSkew(skew)] : []),
      ...(unanalyzed.length > 0 ? [unanalyzedTables(unanalyzed)] : []),
      ...(config.pool === undefined && connections < config.max
        ? [fewConnections(connections, config.max)]
        : []),
    ]
  } catch (error) {
    throw statementFailure(error)
  } finally {
    pool.release(client, isBroken)
  }
}

const upkeepQuery: CompiledSql = {
  name: 'upkeep',
  sql: `select (extract(epoch from clock_timestamp()) * 1000)::text as now,
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int as connections,
    array_to_json(array(select s.relname
      from pg_stat_all_tables s join pg_class c on c.oid = s.relid
      where s.schemaname = $1 and c.relkind = 'r' and ${isOfStore}
        and s.n_live_tup > ${LARGE_TABLE_ROWS} and s.last_analyze is null
        and s.last_autoanalyze is null and c.reltuples < ${LARGE_TABLE_ROWS}
      order by s.relname))::text as unanalyzed`,
}

const names = z.array(z.string())

const upkeepRow = z.object({
  now: z.coerce.number(),
  connections: z.coerce.number(),
  unanalyzed: z.string().transform((json) => names.parse(JSON.parse(json))),
})

function clockSkew(skewMs: number): Finding {
  return {
    name: 'clock_skew',
    grade: 'fails',
    message:
      `the clocks of this machine and of the server differ by ${Math.round(skewMs / 1000)} s, so dates are in a wrong ` +
      'order and turn ids may be forgotten too early: synchronize both by NTP',
  }
}

function unanalyzedTables(tables: readonly string[]): Finding {
  return {
    name: 'unanalyzed_tables',
    grade: 'slows',
    message:
      `${tables.join(' and ')} were never analyzed, so the planner may choose slow plans: run ANALYZE on them, and let ` +
      'autovacuum run',
  }
}

function fewConnections(connections: number, max: number): Finding {
  return {
    name: 'server_connections',
    grade: 'slows',
    message:
      `the server has ${connections} connections for all that use it (max_connections), and max is ${max}: lower max so ` +
      'that all processes together stay below it, or put a pooler in between',
  }
}
