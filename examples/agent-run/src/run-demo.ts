import { isHarborageError } from '@harborage/core'
import { verifyInFreshProcess } from './account/verify-in-fresh-process.ts'
import { prepareRun, type PreparedRun } from './agent/prepare-run.ts'
import { BadInput } from '@harborage/example-kit/bad-input'
import type { Command } from './command-line.ts'
import { databasePlace, type DatabasePlace } from '@harborage/example-kit/database-place'
import { ExitCode } from '@harborage/example-kit/exit-code'
import { READER_LEFT } from '@harborage/example-kit/interruption'
import { openStores } from './open-stores.ts'
import { closingLines, gaveUpLines, interruptedLines, lookLines } from './report/closing.ts'
import { proofLines, storedLines } from './report/final-report.ts'
import { headingLines } from './report/heading.ts'
import { showProgress } from './report/progress.ts'
import { timelineHead, timelineLines, timelineSummary } from './report/timeline.ts'
import { scheduleKills } from './supervision/kill-schedule.ts'
import type { Job } from './supervision/messages.ts'
import { supervise, type Supervision } from './supervision/supervise.ts'
import { openWorkload } from './workload/open-workload.ts'
import type { Workload } from './workload/workload.ts'

const HANG_MS = 120_000

/** Runs the whole demo and gives the exit code. */
export async function runDemo(command: Command, interrupt: AbortSignal): Promise<ExitCode> {
  const workload = await openWorkload(command.source, command.limit)
  const place = await databasePlace(command.dsn, 'harborage-demo-')
  let exitCode: ExitCode = ExitCode.failed
  try {
    exitCode = await runOn(place, workload, command, interrupt)
    return exitCode
  } catch (error) {
    if (error instanceof BadInput) exitCode = ExitCode.badInput
    throw error
  } finally {
    const isToGoOn = exitCode === ExitCode.interrupted && interrupt.reason !== READER_LEFT
    const isOfUse = exitCode === ExitCode.failed || isToGoOn
    if (!isOfUse && !command.keep) await place.remove()
    else if (place.temporary)
      print([`The database is kept: ${place.shown}`, ...lookLines(place), ''])
  }
}

async function runOn(
  place: DatabasePlace,
  workload: Workload,
  command: Command,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  const prepared = await prepare(place.dsn, workload, command.again)
  const job = { dsn: place.dsn, home: workload.home, source: workload.source }
  const supervision = await work(job, prepared, command, place, interrupt)
  if (supervision.end === 'interrupted') {
    print(interruptedLines(workload.source, place.shown))
    return ExitCode.interrupted
  }
  if (supervision.end === 'gave up') {
    complain(gaveUpLines(supervision))
    return ExitCode.failed
  }

  const acknowledged = [...supervision.acknowledged]
  const account = await verifyInFreshProcess({ ...job, acknowledged })
  print(storedLines(account))
  print(proofLines(account))
  const failed = account.checks.filter(({ faults }) => faults.length > 0).length
  if (failed > 0) {
    complain([`${failed} of ${account.checks.length} checks failed.`])
    return ExitCode.failed
  }
  print(closingLines(supervision, place))
  return ExitCode.ok
}

/** Opens the store just for this: while the workers run, it is theirs alone. */
async function prepare(dsn: string, workload: Workload, again: boolean): Promise<PreparedRun> {
  try {
    await using stores = await openStores(dsn)
    return await prepareRun(stores, workload, again)
  } catch (cause) {
    if (!isHarborageError(cause)) throw cause
    throw new BadInput(`The database cannot be used: ${cause.message}.`, { cause })
  }
}

async function work(
  job: Job,
  { manifest, total, done }: PreparedRun,
  { kills: wanted, seed }: Command,
  place: DatabasePlace,
  interrupt: AbortSignal,
): Promise<Supervision> {
  const kills = scheduleKills({ first: done + 1, last: total, kills: wanted, seed })
  print(headingLines({ manifest, database: place.shown, kills: kills.length, seed, done }))
  if (kills.length > 0) print(timelineHead())
  const progress = showProgress(total)
  try {
    const supervision = await supervise({
      job,
      kills,
      hangMs: HANG_MS,
      interrupt,
      onStep: ({ ordinal }) => progress.update(ordinal),
      onRestart: (before, after) => {
        progress.clear()
        print(timelineLines(before, after, total))
      },
    })
    progress.clear()
    print(timelineSummary(supervision.lives, total))
    return supervision
  } finally {
    progress.clear()
    if (kills.length > 0) print([''])
  }
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}

function complain(lines: readonly string[]): void {
  for (const line of lines) console.error(line)
}
