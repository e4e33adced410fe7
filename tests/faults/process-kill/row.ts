import { randomSource } from '../../support/random-source.ts'
import type { FaultRow, Figures, RowRun } from '../harness/fault-row.ts'
import { figures, sumOf } from '../harness/figures.ts'
import { checkCallers } from '../harness/writer/check-callers.ts'
import { openStores } from '../harness/writer/open-stores.ts'
import { brokenBuilds, placeOf } from './broken-builds.ts'
import { killWriter } from './kill-writer.ts'
import { onFiles, onPostgres, onSqlite, type Place } from './places.ts'

const CALLERS = 4
const WRITERS_AT_ONCE = 2
const MOST_ACKNOWLEDGEMENTS = 40

/** How many writers are killed on one place, so that many begin on a new one, and others after many kills. */
const KILLS_PER_PLACE = 50

const kinds = [onSqlite, onPostgres, onFiles, onSqlite] as const

export const processKill: FaultRow = {
  name: 'process kill',
  how: `SIGKILL of writers with ${CALLERS} callers each, ${WRITERS_AT_ONCE} on a place, at a random acknowledgement; all stores on SQLite and Postgres, artifacts on files`,
  checked:
    'a fresh reader finds all that was acknowledged, exact; no commit in part; a retry is applied once',
  unit: 'kills',
  full: 1_000,
  slice: 48,
  tools: [],
  brokenBuilds,
  run: runKills,
}

async function runKills({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const only = brokenBuild === undefined ? undefined : placeOf.get(brokenBuild)
  const open = only ?? ((place: number) => (kinds[place % kinds.length] ?? onSqlite)())
  const found: Figures[] = []
  const random = randomSource(rounds)
  const perPlace = Math.min(KILLS_PER_PLACE, Math.ceil(rounds / kinds.length))
  for (let place = 0, done = 0; done < rounds; place += 1) {
    await using opened = await open(place)
    const until = Math.min(rounds, done + perPlace)
    let begun = done
    const killNext = async (): Promise<void> => {
      while (begun < until) {
        const writer = `writer ${begun}`
        begun += 1
        found.push(await killOne(opened, writer))
        progress(begun)
      }
    }
    await Promise.all(Array.from({ length: WRITERS_AT_ONCE }, killNext))
    found.push(await checkPlace(opened))
    done = until
  }
  return sumOf(found)

  async function killOne({ dsn }: Place, writer: string): Promise<Figures> {
    const after = Math.floor(random() * (MOST_ACKNOWLEDGEMENTS + 1))
    const kill = { dsn, writer, callers: CALLERS, after }
    const acknowledged = await killWriter(kill, brokenBuild)
    return { ...(await checkCallers({ dsn, writer, acknowledged })), rounds: 1 }
  }
}

async function checkPlace({ dsn, faults }: Place): Promise<Figures> {
  const stores = await openStores(dsn)
  await stores[Symbol.asyncDispose]()
  return figures({ violations: await faults() })
}
