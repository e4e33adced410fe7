import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { startProcess } from '../../harness/start-process.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { checkCallers } from '../../harness/writer/check-callers.ts'
import { acknowledgedOf, failuresOf } from '../../harness/writer/told.ts'
import { writerScript, type WriterOptions } from '../../harness/writer/writer-options.ts'
import { faultsInEnd, injectedIn, injectionOf, numbered, type Fault } from './fault.ts'

const WRITER = 'writer'
const CALLERS = 2
const OPERATIONS = 3

/** More attempts than any single fault fails. */
const ATTEMPTS = 5

/** Node.js makes folders for what it compiled. */
const noCache = { NODE_DISABLE_COMPILE_CACHE: '1' }

const errors: Readonly<Record<string, readonly Fault['error'][]>> = {
  fsync: ['EIO'],
  pwrite64: ['EIO', 'ENOSPC'],
  link: ['EIO', 'ENOSPC'],
  mkdir: ['EIO', 'ENOSPC'],
  rename: ['EIO', 'ENOSPC'],
}

/** The lines of a writer, and those of strace. */
interface Run {
  readonly told: readonly string[]
  readonly calls: readonly string[]
}

/** Resolves to every system call by which the driver changes or synchronizes files. */
export async function fileFaults(): Promise<readonly Fault[]> {
  return inTemporaryFolder(tmpdir(), async (folder) => {
    const { calls } = await run(folder)
    return numbered(calls)
      .filter(({ line }) => line.includes(folder))
      .flatMap(({ call, when }) =>
        (errors[call] ?? []).map((error) => ({ call, error, when, stays: false })),
      )
  })
}

/**
 * Resolves to what is wrong after one fault: whether it was told, and what a fresh reader finds.
 */
export async function faultOnFiles(fault: Fault, brokenBuild?: BrokenBuild): Promise<Figures> {
  return inTemporaryFolder(tmpdir(), async (folder) => {
    const { told, calls } = await run(folder, fault, brokenBuild)
    const injected = injectedIn(calls)
    // Node.js itself calls some of these as well; a fault there is none of the store's.
    if (injected.length === 0 || !injected.every((line) => line.includes(folder))) {
      return figures({})
    }
    const acknowledged = acknowledgedOf(told, CALLERS)
    const found = await checkCallers({ dsn: dsnIn(folder), writer: WRITER, acknowledged })
    const isHidden = fault.call === 'fsync' && failuresOf(told).length === 0
    const violations = [
      ...faultsInEnd(fault, told.at(-1) ?? ''),
      ...(isHidden ? [`no call reported ${injectionOf(fault)}`] : []),
    ]
    return sumOf([{ ...found, rounds: 1 }, figures({ violations })])
  })
}

function dsnIn(folder: string): string {
  return `fs:${join(folder, 'artifacts')}`
}

async function run(folder: string, fault?: Fault, brokenBuild?: BrokenBuild): Promise<Run> {
  const [trace, log] = [join(folder, 'trace'), join(folder, 'log')]
  await mkdir(join(folder, 'artifacts'))
  const traced = fault === undefined ? Object.keys(errors).join() : fault.call
  const under = [
    ...['strace', '-f', '--seccomp-bpf', '-o', trace, '-yy', '-e', `trace=${traced}`],
    ...(fault === undefined ? [] : ['-e', `inject=${injectionOf(fault)}`]),
  ]
  const options: WriterOptions = {
    dsn: dsnIn(folder),
    writer: WRITER,
    callers: CALLERS,
    operations: OPERATIONS,
    attempts: ATTEMPTS,
    log,
  }
  // With one thread for all files the n-th call is the same one in each run, or nearly so.
  const env = { UV_THREADPOOL_SIZE: '1', ...(fault?.call === 'mkdir' ? noCache : {}) }
  const child = startProcess(writerScript, [JSON.stringify(options)], { brokenBuild, env, under })
  await once(child, 'exit')
  const [told, calls] = await Promise.all([readFile(log, 'utf8'), readFile(trace, 'latin1')])
  return { told: told.trim().split('\n'), calls: calls.split('\n') }
}
