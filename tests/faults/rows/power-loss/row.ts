import { tmpdir } from 'node:os'

import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { savesLater } from '../../harness/writer/broken-builds.ts'
import { CLOSED } from '../../harness/writer/told.ts'
import { checkCut } from '../../harness/replay/check-cut.ts'
import { cutsOf } from '../../harness/replay/cuts-of.ts'
import { record } from '../../harness/replay/record.ts'

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
      for (const cut of cutsOf(events, here, randomSource(index))) {
        const checked = await checkCut({ ...cut, callers: CALLERS, durability })
        found.push({ ...checked, rounds: 1, acknowledged: 0 })
        progress((done += 1))
      }
      found.push(figures({ acknowledged: CALLERS * OPERATIONS }))
    }
  }
  await Promise.all(Array.from({ length: RECORDINGS_AT_ONCE }, recordNext))
  return sumOf(found)
}
