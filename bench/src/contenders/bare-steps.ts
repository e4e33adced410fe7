import { BARE } from '../measure/benchmark.ts'
import { inTransaction, named, plainPostgres } from './bare-postgres.ts'
import { plainSqlite } from './bare-sqlite.ts'
import {
  blobRow,
  blobValues,
  ownerValues,
  placeValues,
  recordValues,
  turnBytes,
} from './plain-rows.ts'
import { numbered, PLAIN_SQL, type RecordRow } from './plain-tables.ts'
import type { AgentStep, KeptSteps, StepStore } from './step-store.ts'

const COUNTS = `select
  (select count(*) from blobs where session_id = ?) as artifacts,
  (select count(*) from turns where session_id = ?) as turns`

interface Counts {
  readonly artifacts: number | string
  readonly turns: number | string
}

/** Opens the rows of steps that the bare client of SQLite writes, one transaction for each step. */
export function bareSqliteSteps(path: string): StepStore {
  const db = plainSqlite(path)
  const save = db.prepare<unknown[]>(PLAIN_SQL.save)
  const load = db.prepare<unknown[], RecordRow>(PLAIN_SQL.load)
  const put = db.prepare<unknown[]>(PLAIN_SQL.put)
  const addTurn = db.prepare<unknown[]>(PLAIN_SQL.addTurn)
  const count = db.prepare<unknown[], Counts>(COUNTS)
  let position = 0
  const write = db.transaction((step: AgentStep) => {
    for (const slot of step.slots) save.run(...recordValues(slot))
    put.run(...outputValues(step))
    addTurn.run(...turnValues(step, (position += 1)))
  })
  return {
    name: BARE,
    note: 'better-sqlite3, statements prepared once, WAL, synchronous=FULL; it hashes the artifact',
    write: (step) => write.immediate(step),
    kept: async (place) => {
      const { sessionId } = place.identity
      return keptOf(count.get(sessionId, sessionId), load.get(...placeValues(place)))
    },
    close: async () => void db.close(),
  }
}

/** Opens the rows of steps that the bare client of Postgres writes, one transaction a step. */
export async function barePostgresSteps(dsn: string): Promise<StepStore> {
  const pool = await plainPostgres(dsn)
  let position = 0
  return {
    name: BARE,
    note: 'pg Pool of 10, named statements; it hashes the artifact',
    write: (step) =>
      inTransaction(pool, async (client) => {
        for (const slot of step.slots) await client.query(named('save', recordValues(slot)))
        await client.query(named('put', outputValues(step)))
        await client.query(named('addTurn', turnValues(step, (position += 1))))
      }),
    kept: async (place) => {
      const { sessionId } = place.identity
      const counts = await pool.query<Counts>(numbered(COUNTS), [sessionId, sessionId])
      const slot = await pool.query<RecordRow>(named('load', placeValues(place)))
      return keptOf(counts.rows[0], slot.rows[0])
    },
    close: () => pool.end(),
  }
}

function outputValues({ slots: [{ place }], output }: AgentStep): unknown[] {
  return blobValues(blobRow(output, place.identity.sessionId))
}

function turnValues({ slots: [{ place }], turn }: AgentStep, position: number): unknown[] {
  return [...ownerValues(place.identity), position, turnBytes(turn)]
}

function keptOf(counts: Counts | undefined, slot: RecordRow | undefined): KeptSteps {
  return {
    artifacts: Number(counts?.artifacts),
    turns: Number(counts?.turns),
    lastEventId: slot?.event_id,
  }
}
