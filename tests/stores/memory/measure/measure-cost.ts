/**
 * Measures what adding a turn costs with 10, 1,000 and 10,000 turns kept, interleaved, and prints
 * it as ratios:
 *
 *     node tests/stores/memory/measure/measure-cost.ts [postgres://…]
 *
 * SQLite on a file; with a DSN on Postgres too, where the role has to be allowed to see
 * pg_current_wal_lsn().
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { Client } from 'pg'

import { SqliteLog } from './sqlite-log.ts'
import { ordinaryTurn, pilingRules } from '../support/kept-turns.ts'

const SIZES = [10, 1_000, 10_000] as const
const ROUNDS = 50
const ADDED_PER_ROUND = 4

interface Place {
  readonly name: string
  readonly database: Database
  /** Resolves to how many bytes are appended to the write-ahead log meanwhile. */
  logged(work: () => Promise<void>): Promise<number>
}

const [, , dsn] = process.argv
const folder = await mkdtemp(join(tmpdir(), 'harborage-cost-'))
try {
  await using sqlite = await openSqlite({ dsn: join(folder, 'memory.db') })
  using log = new SqliteLog(join(folder, 'memory.db'))
  await measure({
    name: 'SQLite',
    database: sqlite,
    logged: (work) => log.grows(work),
  })
  if (dsn !== undefined) await measureOnPostgres(dsn)
} finally {
  await rm(folder, { recursive: true })
}

async function measureOnPostgres(place: string): Promise<void> {
  const client = new Client({ connectionString: place })
  await client.connect()
  const position = async (): Promise<number> => {
    const { rows } = await client.query<{ bytes: string }>(
      "select pg_current_wal_lsn() - '0/0' as bytes",
    )
    return Number(rows[0]?.bytes)
  }
  await using database = await openPostgres({ dsn: place })
  await measure({
    name: 'Postgres',
    database,
    async logged(work) {
      const before = await position()
      await work()
      return (await position()) - before
    },
  })
  await client.end()
}

async function measure(place: Place): Promise<void> {
  for (const { name, rules } of pilingRules) {
    await using memory = await openMemoryStore({ database: place.database, ...rules })
    const runs = SIZES.map((kept) => ({ kept, times: new Array<number>(), wal: 0 }))
    for (const { kept } of runs) await fill(memory, sessionOf(name, kept), kept)
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const run of runs) await add(memory, place, sessionOf(name, run.kept), run)
    }
    const [first] = runs
    for (const run of runs) {
      const time = median(run.times) / median(first?.times ?? [])
      const walPerTurn = run.wal / (ROUNDS * ADDED_PER_ROUND)
      console.log(
        [
          place.name.padEnd(9),
          name.padEnd(46),
          String(run.kept).padStart(6),
          `${time.toFixed(2)}x time`,
          `${(walPerTurn / 1024).toFixed(1)} KiB of log per turn`,
        ].join('  '),
      )
    }
  }
}

function sessionOf(name: string, kept: number) {
  return { tenantId: 'acme', userId: name, sessionId: `${kept} kept` }
}

async function fill(
  memory: MemoryStore,
  session: ReturnType<typeof sessionOf>,
  kept: number,
): Promise<void> {
  for (let number = 1; number <= kept; number += 1) {
    await memory.addTurn(session, ordinaryTurn(number))
  }
}

/**
 * Adds a few turns: what is kept grows by little, and the one that had 10 has fewer than 300 in the
 * end.
 */
async function add(
  memory: MemoryStore,
  place: Place,
  session: ReturnType<typeof sessionOf>,
  run: { readonly kept: number; readonly times: number[]; wal: number },
): Promise<void> {
  for (let number = 0; number < ADDED_PER_ROUND; number += 1) {
    run.wal += await place.logged(async () => {
      const began = performance.now()
      await memory.addTurn(session, ordinaryTurn(run.kept + number))
      run.times.push(performance.now() - began)
    })
  }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
