import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { checkCut, type Cut } from '../../harness/replay/check-cut.ts'
import { Disk } from '../../harness/replay/disk.ts'
import { DATABASE, record, WRITER, type Recording } from '../../harness/replay/record.ts'
import type { DiskEvent } from '../../harness/replay/strace-log.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { checkCallers } from '../../harness/writer/check-callers.ts'
import { acknowledgedOf, failuresOf, isAcknowledgement } from '../../harness/writer/told.ts'
import { faultsInEnd, injectedIn, injectionOf, numbered, type Fault } from './fault.ts'

const CALLERS = 2
const OPERATIONS = 5

/** More attempts than any single fault fails. */
const ATTEMPTS = 5

/** A disk that stays full is not waited for long. */
const RETRY_TIMEOUT_MS = 20

const once = { stays: false }
const forGood = { stays: true }

const errors: Readonly<Record<string, readonly Pick<Fault, 'error' | 'stays'>[]>> = {
  fsync: [
    { error: 'EIO', ...once },
    { error: 'EIO', ...forGood },
  ],
  pwrite64: [
    { error: 'EIO', ...once },
    { error: 'ENOSPC', ...once },
    { error: 'ENOSPC', ...forGood },
  ],
  ftruncate: [{ error: 'EIO', ...once }],
  pread64: [{ error: 'EIO', ...once }],
  unlink: [{ error: 'EIO', ...once }],
}

/**
 * Every call by which SQLite reads or changes the files of a database or makes changes safe, from
 * opening to closing.
 */
export async function sqliteFaults(): Promise<readonly Fault[]> {
  return inTemporaryFolder(tmpdir(), async (folder) => {
    const { calls } = await run(folder)
    // SQLite does not look at whether its folder could be synchronized; file systems do that with
    // the file.
    const ofFolder = `<${inHex(folder)}>`
    return numbered(calls)
      .filter(({ line }) => !line.includes(ofFolder))
      .flatMap(({ call, when }) => (errors[call] ?? []).map((kind) => ({ ...kind, call, when })))
  })
}

/**
 * Resolves to what is wrong after one fault: for a fresh reader, and if the power had gone after
 * it.
 */
export async function faultOnSqlite(fault: Fault, brokenBuild?: BrokenBuild): Promise<Figures> {
  return inTemporaryFolder(tmpdir(), async (folder) => {
    const recording = await run(folder, fault, brokenBuild)
    if (injectedIn(recording.calls).length === 0) return figures({})
    const told = recording.events.flatMap(linesOf)
    const acknowledged = acknowledgedOf(told, CALLERS)
    const dsn = `sqlite:${join(folder, DATABASE)}`
    const found = await checkCallers({ dsn, writer: WRITER, acknowledged })
    const cuts: Figures[] = []
    for (const cut of cutsAfterFault(recording.events)) cuts.push(await checkCut(cut))
    const violations = faultsInEnd(fault, recording.last)
    const unknown = failuresOf(told).filter((code) => code === 'outcome_unknown').length
    const all = sumOf([found, ...cuts, figures({ violations })])
    return { ...all, rounds: 1, acknowledged: found.acknowledged, unknown }
  })
}

function run(folder: string, fault?: Fault, brokenBuild?: BrokenBuild): Promise<Recording> {
  return record(folder, {
    callers: CALLERS,
    operations: OPERATIONS,
    attempts: ATTEMPTS,
    retryTimeoutMs: RETRY_TIMEOUT_MS,
    brokenBuild,
    ...(fault === undefined ? {} : { fault: injectionOf(fault) }),
  })
}

/**
 * What is left if the power goes at the first acknowledgement after the fault, and at the last one.
 */
function* cutsAfterFault(events: readonly DiskEvent[]): Generator<Cut> {
  const isAnswer = (event: DiskEvent): boolean => linesOf(event).some(isAcknowledgement)
  const fault = events.findIndex(
    (event) => event.type === 'failed sync' || failuresOf(linesOf(event)).length > 0,
  )
  const first = events.findIndex((event, index) => index > fault && isAnswer(event))
  const last = events.findLastIndex(isAnswer)
  const disk = new Disk()
  const told: string[] = []
  for (const [index, event] of events.entries()) {
    if (event.type === 'tell') told.push(...event.lines)
    else disk.apply(event)
    if (index !== first && index !== last) continue
    yield { files: disk.after(() => 'lost'), told: [...told], callers: CALLERS, durability: 'full' }
  }
}

function linesOf(event: DiskEvent): readonly string[] {
  return event.type === 'tell' ? event.lines : []
}

function inHex(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
