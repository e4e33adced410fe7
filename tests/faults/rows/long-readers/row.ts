import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { openStores } from '../../harness/writer/open-stores.ts'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { Worker } from '../../harness/worker.ts'
import {
  ACTIVE_PREFIX,
  CALLERS,
  identity,
  PAGE_SIZE,
  STILL,
  STILL_PREFIX,
  stillName,
  walks,
  type Walk,
} from './long-reading.ts'
import { WatchedLog } from '@harborage/test-kit/sqlite/write-ahead-log'

const SAVES = 20_000
const SAVES_PER_LOOK = 500
const ROUNDS_AT_ONCE = 2

/** A checkpoint is due at 16 MiB at the latest; one large commit more is room enough. */
const LARGEST_LOG_BYTES = 28 * 1024 * 1024

/** 20,000 saves are several times what makes the log begin anew. */
const FEWEST_CHECKPOINTS = 3

const holdsTransaction: BrokenBuild = {
  name: 'holds a read transaction between two pages of a list',
  rounds: 1,
  edits: [
    {
      file: 'packages/driver-sqlite/src/internal/prepared-connection.ts',
      from: 'const rows = prepared.all(',
      to: "if (!this.inTransaction) this.#connection.exec('BEGIN')\n    const rows = prepared.all(",
    },
  ],
}

const neverCheckpoints: BrokenBuild = {
  name: 'never makes a checkpoint',
  rounds: 1,
  edits: [
    {
      file: 'packages/driver-sqlite/src/internal/checkpoints.ts',
      from: 'return this.#thread?.checkpoint()',
      to: 'return undefined',
    },
  ],
}

export const longReaders: FaultRow = {
  name: 'long readers on SQLite',
  how: `iterators of list, listKind and artifacts stay open between two pages in another process while ${CALLERS} callers make ${SAVES.toLocaleString('en')} saves`,
  checked: `the write-ahead log stays below ${LARGEST_LOG_BYTES / 1024 / 1024} MiB and is begun anew; each walk gives every record once`,
  unit: 'rounds',
  full: 10,
  slice: 1,
  tools: [],
  brokenBuilds: [holdsTransaction, neverCheckpoints],
  run: readLong,
}

async function readLong({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const found: Figures[] = []
  let begun = 0
  const readNext = async (): Promise<void> => {
    while (begun < rounds) {
      begun += 1
      found.push(await inTemporaryFolder(tmpdir(), (folder) => round(folder, brokenBuild)))
      progress(found.length)
    }
  }
  await Promise.all(Array.from({ length: ROUNDS_AT_ONCE }, readNext))
  return sumOf(found)
}

async function round(folder: string, brokenBuild: BrokenBuild | undefined): Promise<Figures> {
  const path = join(folder, 'a.db')
  const config = { dsn: `sqlite:${path}` }
  const script = (name: string): string => join(import.meta.dirname, name)
  // A fault of a reader could block the writer, which is another fault.
  const writerBuild = brokenBuild === holdsTransaction ? undefined : brokenBuild
  await using writer = Worker.start(script('writing-process.ts'), config, writerBuild)
  await writer.call('prepare')
  await using reader = Worker.start(script('reading-process.ts'), config, brokenBuild)
  const take = (walk: Walk, count: number): Promise<string[]> =>
    reader.call('take', { walk, count })

  const names = new Map<Walk, string[]>()
  for (const walk of walks) names.set(walk, await take(walk, PAGE_SIZE))
  const log = new WatchedLog(path)
  let saves = 0
  while (saves < SAVES && log.largest <= LARGEST_LOG_BYTES) {
    await writer.call('save', { from: saves, until: saves + SAVES_PER_LOOK })
    saves += SAVES_PER_LOOK
    await log.look()
  }
  for (const walk of walks) names.get(walk)?.push(...(await take(walk, STILL)))
  return sumOf([
    figures({ rounds: 1, acknowledged: saves, violations: complaintsAbout(log, saves) }),
    ...[...names].map(([walk, seen]) => judgeWalk(walk, seen)),
    await judgeSaves(config.dsn, saves),
  ])
}

function complaintsAbout({ largest, timesBegun }: WatchedLog, saves: number): string[] {
  if (largest > LARGEST_LOG_BYTES) {
    return [`the write-ahead log had ${largest} bytes after ${saves} saves`]
  }
  return timesBegun >= FEWEST_CHECKPOINTS ? [] : [`the log was begun anew ${timesBegun} times`]
}

/**
 * Returns what is wrong with a walk: each record that was not written has to appear once, in order.
 */
function judgeWalk(walk: Walk, seen: readonly string[]): Figures {
  const prefix = walk === 'artifacts' ? '' : STILL_PREFIX
  const expected = Array.from({ length: STILL }, (_, index) => `${prefix}${stillName(index)}`)
  // Artifacts are ordered by their ids.
  const given = walk === 'artifacts' ? seen.toSorted() : seen
  if (isDeepStrictEqual(given, expected)) return figures({})
  return figures({
    lost: expected.filter((name) => !seen.includes(name)).length,
    duplicated: seen.length - new Set(seen).size,
    violations: [`a walk of ${walk} gave other names, or in another order`],
  })
}

/** Resolves to what a fresh reader finds in the slots: each holds its latest save. */
async function judgeSaves(dsn: string, saves: number): Promise<Figures> {
  await using stores = await openStores(dsn)
  let lost = 0
  for (let slot = 0; slot < CALLERS; slot += 1) {
    const held = await stores.state?.load(identity, `${ACTIVE_PREFIX}${slot}`)
    const number = held === undefined ? -1 : Buffer.from(held.bytes).readUInt32BE()
    // Callers overtake one another by less than one save each.
    if (number % CALLERS !== slot || number < saves - 2 * CALLERS) lost += 1
  }
  return figures({ lost })
}
