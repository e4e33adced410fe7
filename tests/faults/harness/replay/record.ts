import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { BrokenBuild } from '../fault-row.ts'
import { startProcess } from '../start-process.ts'
import type { Durability } from '../writer/open-stores.ts'
import { writerScript, type WriterOptions } from '../writer/writer-options.ts'
import { parseStrace, tracedCalls, type DiskEvent } from './strace-log.ts'

const LONGEST_WRITE = 1024 * 1024

export const DATABASE = 'a.db'
export const WRITER = 'writer'

const LOG = 'log'

export interface RecordingOptions {
  readonly callers: number
  readonly operations: number
  readonly attempts?: number
  readonly durability?: Durability
  readonly retryTimeoutMs?: number
  readonly brokenBuild: BrokenBuild | undefined
  /** A fault, as strace's `inject=` takes it. */
  readonly fault?: string
}

/** The changes that a writer made to the disk, and its acknowledgements. */
export interface Recording {
  readonly events: readonly DiskEvent[]
  /** Every traced system call, as strace wrote it. */
  readonly calls: readonly string[]
  /** The last line that it wrote. */
  readonly last: string
}

/** A process that fills a new database. */
export interface RecordedProcess {
  readonly script: string
  /** Returns its first argument, with the database and the file to which it tells what is done. */
  readonly configOf: (dsn: string, log: string) => unknown
  readonly brokenBuild: BrokenBuild | undefined
  /** A fault, as strace's `inject=` takes it. */
  readonly fault?: string | undefined
}

/**
 * Runs a writer that fills a new database, and records it.
 *
 * @param folder An empty folder, by its real path, for the database and the records.
 */
export function record(
  folder: string,
  { brokenBuild, fault, ...options }: RecordingOptions,
): Promise<Recording> {
  const configOf = (dsn: string, log: string): WriterOptions => ({
    ...options,
    dsn,
    writer: WRITER,
    log,
  })
  return recordProcess(folder, { script: writerScript, configOf, brokenBuild, fault })
}

/**
 * Runs a process that fills a new database, and records it.
 *
 * @param folder As of {@link record}.
 */
export async function recordProcess(
  folder: string,
  { script, configOf, brokenBuild, fault }: RecordedProcess,
): Promise<Recording> {
  const trace = join(folder, 'trace')
  const files = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-journal`, LOG]
  const under = [
    ...['strace', '-f', '--seccomp-bpf', '-o', trace, '-e', `trace=${tracedCalls}`],
    ...(fault === undefined ? [] : ['-e', `inject=${fault}`]),
    ...['-yy', '-xx', '-s', String(LONGEST_WRITE)],
    ...[folder, ...files.map((name) => join(folder, name))].flatMap((path) => ['-P', path]),
  ]
  const dsn = `sqlite:${join(folder, DATABASE)}`
  const config = configOf(dsn, join(folder, LOG))
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild, under })
  await once(child, 'exit')
  const text = await readFile(trace, 'latin1')
  const events = parseStrace(text, folder, LOG)
  const last = events.flatMap((event) => (event.type === 'tell' ? event.lines : [])).at(-1) ?? ''
  return { events, calls: text.split('\n'), last }
}
