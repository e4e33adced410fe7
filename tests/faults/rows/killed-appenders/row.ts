import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { measure } from '@harborage/test-kit/measure'
import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { startProcess } from '../../harness/start-process.ts'
import { idsOf, isReplacement, makeCall, openJournalAt, session, type Told } from './append-lane.ts'
import { brokenBuilds } from './broken-builds.ts'

const script = join(import.meta.dirname, 'append-writer.ts')
/** How many processes append to one stream, until each is killed. */
const WRITERS = measure({ quick: 2, full: 8 })
const LANES = 2
const MOST_ACKNOWLEDGEMENTS = 40

export const killedAppenders: FaultRow = {
  name: 'killed appenders',
  how: `SIGKILL of each of ${WRITERS} processes that append batches to one stream and replace what is in ${LANES} of their own each, at a random acknowledgement, and make every second call twice, on SQLite and Postgres in turns; on Postgres every fifth call also meets a lost connection or answer`,
  checked:
    'every acknowledged entry is where its answer said, batches are in one piece and in order, a follower of another process sees each entry once and in order, and a repeat of the last call, and of the one in flight, applies each once',
  unit: 'rounds',
  full: 40,
  slice: 2,
  tools: [],
  brokenBuilds,
  run,
}

/** An entry that was read or followed. */
interface Seen {
  readonly entryId: string
  readonly position: number
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const random = randomSource(rounds)
  const found: Figures[] = []
  for (let done = 0; done < rounds; done += 1) {
    await using place = await (done % 2 === 1 ? onPostgres() : onSqlite())
    const most = Array.from({ length: WRITERS }, () => Math.ceil(random() * MOST_ACKNOWLEDGEMENTS))
    found.push(await killAll(place.dsn, most, brokenBuild))
    progress(done + 1)
    if (isNoticed(brokenBuild, found)) break
  }
  return sumOf(found)
}

async function killAll(
  dsn: string,
  most: readonly number[],
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const stream = 'all'
  await using journal = await openJournalAt(dsn)
  const ended = new AbortController()
  const following = follow(journal, stream, ended.signal)
  const writers = most.map((_, writer) =>
    Array.from({ length: LANES }, (_each, lane) => `writer ${writer} lane ${lane}`),
  )
  const failed: string[] = []
  const lines = await Promise.all(
    most.map(async (count, writer) => {
      const config = JSON.stringify({ dsn, stream, lanes: writers[writer] })
      const child = startProcess(script, [config], { brokenBuild })
      const written = await linesUntilKilled(child, count)
      if (child.signalCode !== 'SIGKILL') failed.push('a writer ended by itself, with an error')
      return written
    }),
  )
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
    const followed = await judgeFollower(journal, stream, following)
    return { ...sumOf([second, followed]), rounds: 1, acknowledged: first.acknowledged }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({ rounds: 1, violations: [`a retry fails: ${error.code}: ${error.message}`] })
  } finally {
    ended.abort()
    await following.ended
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

/** Returns what is wrong with the streams. Each lane may have made one call that it was not told. */
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

/** Returns what is wrong with a batch whose last entry was acknowledged at a position, if it was. */
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

/** A follower, and what it has seen so far. */
interface Following {
  readonly seen: readonly Seen[]
  readonly ended: Promise<void>
}

function follow(journal: JournalStore, stream: string, signal: AbortSignal): Following {
  const seen: Seen[] = []
  const all = async (): Promise<void> => {
    try {
      for await (const item of journal.follow(session, stream, { signal })) {
        if ('entryId' in item) seen.push({ entryId: item.entryId, position: item.position })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  return { seen, ended: all() }
}

/** Waits until a follower has reached the head, and returns what is wrong with what it saw. */
async function judgeFollower(
  journal: JournalStore,
  stream: string,
  { seen }: Following,
): Promise<Figures> {
  const entries = await read(journal, stream)
  const until = Date.now() + 10_000
  while (seen.length < entries.length && Date.now() < until) {
    await delay(10)
  }
  return figures({
    violations: isDeepStrictEqual(seen, entries) ? [] : ['a follower saw something else'],
  })
}

async function read(journal: JournalStore, stream: string): Promise<readonly Seen[]> {
  const entries: Seen[] = []
  for await (const { entryId, position } of journal.read(session, stream)) {
    entries.push({ entryId, position })
  }
  return entries
}

/** A database of a round. */
interface Place extends AsyncDisposable {
  readonly dsn: string
}

async function onSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-appends-'))
  return {
    dsn: `sqlite:${join(folder, 'appends.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onPostgres(): Promise<Place> {
  return { dsn: await freshDatabase(), async [Symbol.asyncDispose]() {} }
}
