import { tmpdir } from 'node:os'

import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { savesLater } from '../../harness/writer/broken-builds.ts'
import type { Durability } from '../../harness/writer/open-stores.ts'
import { CLOSED } from '../../harness/writer/told.ts'
import { checkCut, type Cut } from '../../harness/replay/check-cut.ts'
import { Disk } from '../../harness/replay/disk.ts'
import type { Fate } from '../../harness/replay/disk-file.ts'
import { record } from '../../harness/replay/record.ts'
import type { DiskEvent } from '../../harness/replay/strace-log.ts'

/** The number of cuts per recording. */
const CUTS = 125
const RECORDINGS_AT_ONCE = 2

/** The number of recordings, of which the last one is made without FULL. */
const RECORDINGS_PER_NORMAL = 4

const CALLERS = 4

/** Of each caller: enough for several checkpoints. */
const OPERATIONS = 100

export const powerLoss: FaultRow = {
  name: 'power loss on SQLite',
  how: `strace records ${CALLERS} callers on all stores; cuts at random moments keep what was synchronized and an arbitrary part of the rest, torn at sectors`,
  checked:
    "all that was acknowledged is there, exact, and integrity_check is ok; durability: 'normal' loses only a tail, in order",
  unit: 'cuts',
  full: 2_000,
  // `pnpm test` never cuts the power: strace is not on every machine. `pnpm test:faults` does.
  slice: 0,
  tools: ['strace'],
  brokenBuilds: [
    broken('synchronizes as NORMAL instead of FULL', {
      file: 'packages/driver-sqlite/src/internal/connect.ts',
      from: "rules.durability === 'full' ? 'FULL' : 'NORMAL'",
      to: "'NORMAL'",
    }),
    broken('acknowledges a save before its commit', savesLater),
  ],
  run: cutPower,
}

function broken(name: string, edit: BrokenBuild['edits'][number]): BrokenBuild {
  return { name, rounds: 60, edits: [edit] }
}

async function cutPower({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const cuts = Math.min(CUTS, Math.ceil(rounds / RECORDINGS_PER_NORMAL))
  const recordings = Math.ceil(rounds / cuts)
  const found: Figures[] = []
  let begun = 0
  let done = 0
  const recordNext = async (): Promise<void> => {
    while (begun < recordings) {
      const index = begun
      begun += 1
      const isNormal = index % RECORDINGS_PER_NORMAL === RECORDINGS_PER_NORMAL - 1
      const durability = isNormal ? 'normal' : 'full'
      const { events, last } = await inTemporaryFolder(tmpdir(), (folder) =>
        record(folder, { callers: CALLERS, operations: OPERATIONS, durability, brokenBuild }),
      )
      if (last !== CLOSED) throw new Error(`a recorded writer ended early: ${last}`)
      const here = Math.min(cuts, rounds - index * cuts)
      for (const cut of cutsOf(events, here, durability, randomSource(index))) {
        found.push({ ...(await checkCut(cut)), rounds: 1, acknowledged: 0 })
        progress((done += 1))
      }
      found.push(figures({ acknowledged: CALLERS * OPERATIONS }))
    }
  }
  await Promise.all(Array.from({ length: RECORDINGS_AT_ONCE }, recordNext))
  return sumOf(found)
}

/** Returns cuts that are spread over the recording. */
function* cutsOf(
  events: readonly DiskEvent[],
  cuts: number,
  durability: Durability,
  random: () => number,
): Generator<Cut> {
  const disk = new Disk()
  const told: string[] = []
  let next = 0
  for (const [index, event] of events.entries()) {
    while (next < cuts && index >= ((next + random()) * events.length) / cuts) {
      yield {
        files: disk.after(fates(next, random)),
        told: [...told],
        callers: CALLERS,
        durability,
      }
      next += 1
    }
    if (event.type === 'tell') told.push(...event.lines)
    else disk.apply(event)
  }
  for (; next < cuts; next += 1) {
    yield { files: disk.after(fates(next, random)), told: [...told], callers: CALLERS, durability }
  }
}

/** Returns the fates of unsynchronized changes: all are lost, all are kept, or a random part. */
function fates(cut: number, random: () => number): () => Fate {
  if (cut % 5 === 0) return () => 'lost'
  if (cut % 5 === 1) return () => 'kept'
  const lost = random()
  return () => {
    const drawn = random()
    if (drawn < lost) return 'lost'
    return random() < 0.5 ? 'kept' : 'torn'
  }
}
