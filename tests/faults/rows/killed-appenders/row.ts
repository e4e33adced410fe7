import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { measure } from '@harborage/test-kit/measure'
import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { startProcess } from '../../harness/start-process.ts'
import { idsOf, isReplacement, makeCall, openJournalAt, type Told } from './append-lane.ts'
import { brokenBuilds, placeOf } from './broken-builds.ts'
import { KilledFollower, read, type Seen } from './follow.ts'
import { openPlace, placeNames, type Place } from './places.ts'

const script = join(import.meta.dirname, 'append-writer.ts')
/** How many processes append to one stream, until each is killed. */
const WRITERS = measure({ quick: 2, full: 8 })
const LANES = 2
/** An acknowledgement is of two and a half entries on average. */
const MOST_ACKNOWLEDGEMENTS = measure({ quick: 40, full: 240 })
/** A follower is killed when it has seen as many entries and replacements, at most. */
const MOST_SEEN = measure({ quick: 60, full: 600 })

export const killedAppenders: FaultRow = {
  name: 'killed appenders',
  how: `SIGKILL of each of ${WRITERS} processes that append batches to one stream and replace what is in ${LANES} of their own each, at a random acknowledgement, and make every second call twice, and of followers, each of which the next one continues, on SQLite, on Postgres and on a Postgres server that is crashed in six ways, in turns; on Postgres every fifth call also meets a lost connection or answer`,
  checked:
    'every acknowledged entry is where its answer said, batches are in one piece and in order, followers see each entry once and in order, and a repeat of the last call, and of the one in flight, applies each once',
  unit: 'rounds',
  full: 42,
  slice: placeNames.length,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const random = randomSource(rounds)
  const only = brokenBuild && placeOf.get(brokenBuild)
  const found: Figures[] = []
  for (let done = 0; done < rounds; done += 1) {
    await using place = await openPlace(only ?? placeNames[done % placeNames.length] ?? 'SQLite')
    const most = Array.from({ length: WRITERS }, () => Math.ceil(random() * MOST_ACKNOWLEDGEMENTS))
    const nextKill = (): number => Math.ceil(random() * MOST_SEEN)
    found.push(await killAll(place, most, nextKill, brokenBuild))
    progress(done + 1)
    if (isNoticed(brokenBuild, found)) break
  }
  return sumOf(found)
}

async function killAll(
  { dsn, attempts, crash }: Place,
  most: readonly number[],
  nextKill: () => number,
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const stream = 'all'
  const writers = most.map((_, writer) =>
    Array.from({ length: LANES }, (_each, lane) => `writer ${writer} lane ${lane}`),
  )
  const failed: string[] = []
  const killed = new AbortController()
  const warm = Promise.withResolvers<void>()
  const begun = new Set<number>()
  // The tables are there before others follow.
  await using journal = await openJournalAt(dsn)
  await using follower = new KilledFollower({ dsn, stream, attempts, brokenBuild, nextKill })
  const crashing = warm.promise.then(() => crash(killed.signal))
  const writing = Promise.all(
    most.map(async (count, writer) => {
      const config = JSON.stringify({ dsn, stream, lanes: writers[writer], attempts })
      const child = startProcess(script, [config], { brokenBuild })
      const written = await linesUntilKilled(child, count, () => {
        begun.add(writer)
        if (begun.size === most.length) warm.resolve()
      })
      if (child.signalCode !== 'SIGKILL') failed.push('a writer ended by itself, with an error')
      return written
    }),
  ).finally(() => {
    killed.abort()
    warm.resolve()
  })
  const [lines] = await Promise.all([writing, crashing])
  const told = lines.flat().map((line) => JSON.parse(line) as Told)
  const lanes = writers
    .flat()
    .map((lane) => ({ lane, told: told.filter((each) => each.lane === lane) }))
  try {
    const judged = await judge(journal, stream, lanes)
    const first = sumOf([judged, figures({ rounds: 1, violations: failed })])
    if (complaints(first).length > 0) return first
    await using other = await openJournalAt(dsn)
    const again = await Promise.all(lanes.map((each) => repeat(other, stream, each)))
    const second = await judge(journal, stream, again)
    const followed = await follower.judge(await read(journal, stream))
    return { ...sumOf([second, followed]), rounds: 1, acknowledged: first.acknowledged }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({ rounds: 1, violations: [`a retry fails: ${error.code}: ${error.message}`] })
  }
}

/** What a lane was told, in order. */
interface Lane {
  readonly lane: string
  readonly told: readonly Told[]
}

/** Makes the last acknowledged call of a lane again, and the one that was in flight. */
async function repeat(journal: JournalStore, stream: string, { lane, told }: Lane): Promise<Lane> {
  const heads = told.filter(({ call }) => isReplacement(call)).map(({ position }) => position)
  const last = told.at(-1)
  const isLastReplacement = last !== undefined && isReplacement(last.call)
  const before = (isLastReplacement ? heads.at(-2) : heads.at(-1)) ?? 0
  const all = told.slice(0, -1)
  if (last !== undefined) {
    all.push(await makeCall(journal, { stream, lane, call: last.call, ifPosition: before }))
  }
  const next = { call: told.length + 1, ifPosition: heads.at(-1) ?? 0 }
  all.push(await makeCall(journal, { stream, lane, ...next }))
  return { lane, told: all }
}

/** Returns what is wrong with the streams. A lane may have made one call that it was not told. */
async function judge(
  journal: JournalStore,
  stream: string,
  lanes: readonly Lane[],
): Promise<Figures> {
  const entries = await read(journal, stream)
  const found: Figures[] = []
  const known = new Set<string>()
  for (const { lane, told } of lanes) {
    for (let call = 1; call <= told.length + 1; call += 1) {
      if (isReplacement(call)) continue
      for (const id of idsOf(lane, call)) known.add(id)
      found.push(judgeBatch(entries, idsOf(lane, call), told[call - 1]?.position))
    }
    const replaced = (await read(journal, lane)).map(({ entryId }) => entryId)
    const last = told.findLast(({ call }) => isReplacement(call))?.call
    const possible = [last, isReplacement(told.length + 1) ? told.length + 1 : last]
    const isKept = possible.some((call) =>
      isDeepStrictEqual(replaced, call === undefined ? [] : idsOf(lane, call)),
    )
    found.push(figures({ acknowledged: told.length, lost: isKept ? 0 : 1 }))
  }
  const strangers = entries.filter(({ entryId }) => !known.has(entryId))
  if (strangers.length > 0) {
    found.push(figures({ violations: ['an entry is there that was not appended'] }))
  }
  return sumOf(found)
}

/** Returns what is wrong with a batch. Its last entry may have been acknowledged at a position. */
function judgeBatch(
  entries: readonly Seen[],
  ids: readonly string[],
  position: number | undefined,
): Figures {
  const at = entries.flatMap(({ entryId }, index) => (ids.includes(entryId) ? [index] : []))
  if (at.length === 0) return figures({ lost: position === undefined ? 0 : 1 })
  const [first = 0] = at
  const there = entries.slice(first, first + ids.length).map(({ entryId }) => entryId)
  const isMoved = position !== undefined && entries[at.at(-1) ?? 0]?.position !== position
  return figures({
    duplicated: at.length > ids.length ? 1 : 0,
    torn: at.length < ids.length || !isDeepStrictEqual(there, ids) ? 1 : 0,
    lost: isMoved ? 1 : 0,
  })
}
