import { randomSource } from '@harborage/test-kit/random-source'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { checkCallers } from '../../harness/writer/check-callers.ts'
import { openStores } from '../../harness/writer/open-stores.ts'
import { brokenBuilds, placeOf } from './broken-builds.ts'
import { killWriter, type Moment } from './kill-writer.ts'
import { onFiles, onPostgres, onSqlite, type Place } from './places.ts'

const CALLERS = 4
const WRITERS_AT_ONCE = 2
const MOST_ACKNOWLEDGEMENTS = 40

/** Of the kills on SQLite: while a new file is made, tables and all, after one of its changes. */
const SHARE_OF_OPENINGS = 0.2
const CHANGES_OF_OPENING = 120

/**
 * How many writers are killed on one place, so that many begin on a new one, and others after many
 * kills.
 */
const KILLS_PER_PLACE = 50

const kinds = [onSqlite, onPostgres, onFiles, onSqlite] as const

export const processKill: FaultRow = {
  name: 'process kill',
  how: `SIGKILL of writers with ${CALLERS} callers each, ${WRITERS_AT_ONCE} at a time on each database or folder, at a random acknowledgement or while they make a new file; all stores on SQLite and Postgres, artifacts on files`,
  checked:
    'a fresh reader finds all that was acknowledged, exact; no commit in part; a retry is applied once',
  unit: 'kills',
  full: 1_000,
  slice: 4,
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
  const isOver = (): boolean => isNoticed(brokenBuild, found)
  for (let place = 0, done = 0; done < rounds && !isOver(); place += 1) {
    await using opened = await open(place)
    const until = Math.min(rounds, done + perPlace)
    let begun = done
    const killNext = async (): Promise<void> => {
      while (begun < until && !isOver()) {
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

  async function killOne({ dsn, fresh }: Place, writer: string): Promise<Figures> {
    // A broken build shows in what was acknowledged.
    const isOpening = brokenBuild === undefined && random() < SHARE_OF_OPENINGS
    const opened = isOpening ? await fresh?.() : undefined
    const options = { dsn: opened?.dsn ?? dsn, writer, callers: CALLERS }
    const moment: Moment =
      opened === undefined
        ? { acknowledgements: Math.floor(random() * (MOST_ACKNOWLEDGEMENTS + 1)) }
        : { folder: opened.folder, changes: 1 + Math.floor(random() * CHANGES_OF_OPENING) }
    const acknowledged = await killWriter(options, moment, brokenBuild)
    const found = await checkCallers({ dsn: options.dsn, writer, acknowledged })
    return { ...found, rounds: 1 }
  }
}

async function checkPlace({ dsn, faults }: Place): Promise<Figures> {
  const stores = await openStores(dsn)
  await stores[Symbol.asyncDispose]()
  return figures({ violations: await faults() })
}
