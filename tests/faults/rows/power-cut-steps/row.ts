import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { integrityOf } from '@harborage/test-kit/sqlite/integrity'
import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { cutsOf, type PowerCut } from '../../harness/replay/cuts-of.ts'
import { DATABASE, recordProcess, type Recording } from '../../harness/replay/record.ts'
import { inMemory, inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { CLOSED } from '../../harness/writer/told.ts'
import { acknowledgedOf, checkLanes } from '../torn-steps/check-lanes.ts'
import { sqlitePlace } from '../torn-steps/places.ts'
import { stepWriterScript, type StepWriterOptions } from '../torn-steps/step-writer-options.ts'
import { crashServer } from './crash-server.ts'

/** The number of cuts per recording. */
const CUTS = 125
/** Of each lane: enough for several checkpoints. */
const STEPS = 60
/** One of this many rounds crashes a Postgres server, and the others cut the power of SQLite. */
const CRASH = 11

const lanes = ['lane 1', 'lane 2', 'lane 3']

export const powerCutSteps: FaultRow = {
  name: 'steps at a power cut',
  how: `strace records a process that makes steps in ${lanes.length} lanes on SQLite; cuts at random moments keep what was synchronized and an arbitrary part of the rest; one of ${CRASH} rounds stops a Postgres server at once, or kills it, under such steps`,
  checked:
    'all parts of a step or none; no acknowledged step is lost; a repeat of the last step, and of the one in flight, applies each once; integrity_check is ok',
  unit: 'cuts and crashes',
  full: 1_100,
  // strace is not on every machine.
  slice: 0,
  tools: ['strace'],
  brokenBuilds: [
    {
      name: 'synchronizes as NORMAL instead of FULL',
      rounds: 60,
      edits: [
        {
          file: 'packages/driver-sqlite/src/internal/connect.ts',
          from: "rules.durability === 'full' ? 'FULL' : 'NORMAL'",
          to: "'NORMAL'",
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const found: Figures[] = []
  const crashes = brokenBuild === undefined ? Math.floor(rounds / CRASH) : 0
  const cuts = rounds - crashes
  for (let done = 0; done < cuts && !isNoticed(brokenBuild, found);) {
    const here = Math.min(CUTS, cuts - done)
    const { events } = await recordSteps(brokenBuild)
    for (const cut of cutsOf(events, here, randomSource(done))) {
      found.push({ ...(await checkCut(cut)), rounds: 1 })
      progress((done += 1))
    }
  }
  for (let round = 0; round < crashes; round += 1) {
    found.push({ ...(await crashServer(round, lanes)), rounds: 1 })
    progress(cuts + round + 1)
  }
  return sumOf(found)
}

async function recordSteps(brokenBuild: BrokenBuild | undefined): Promise<Recording> {
  const configOf = (dsn: string, log: string): StepWriterOptions => ({
    dsn,
    lanes,
    steps: STEPS,
    log,
  })
  const recording = await inTemporaryFolder(tmpdir(), (folder) =>
    recordProcess(folder, { script: stepWriterScript, configOf, brokenBuild }),
  )
  if (recording.last !== CLOSED) throw new Error(`a recorded writer ended early: ${recording.last}`)
  return recording
}

function checkCut({ files, told }: PowerCut): Promise<Figures> {
  return inTemporaryFolder(inMemory, async (folder) => {
    for (const [name, content] of files) await writeFile(join(folder, name), content)
    const path = join(folder, DATABASE)
    const steps = told.filter((line) => line !== CLOSED)
    const found = await checkLanes(sqlitePlace(path), lanes, acknowledgedOf(steps, lanes))
    const integrity = integrityOf(path)
    const violations = integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]
    return sumOf([found, figures({ violations })])
  })
}
