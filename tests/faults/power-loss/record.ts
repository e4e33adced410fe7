import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BrokenBuild } from '../harness/fault-row.ts'
import { startProcess } from '../harness/start-process.ts'
import type { Durability } from '../harness/workload/open-stores.ts'
import { writerScript, type WriterOptions } from '../harness/workload/writer-options.ts'
import { parseStrace, tracedCalls, type DiskEvent } from './strace-log.ts'

/** Enough for several checkpoints. */
const OPERATIONS = 100

const LONGEST_WRITE = 1024 * 1024

export const DATABASE = 'a.db'
export const WRITER = 'writer'
export const CALLERS = 4

/** Lets a writer fill a new database and gives all that it did to the disk, and when it acknowledged what. */
export async function record(
  durability: Durability,
  brokenBuild: BrokenBuild | undefined,
): Promise<readonly DiskEvent[]> {
  const outer = await realpath(await mkdtemp(join(tmpdir(), 'harborage-power-')))
  try {
    const trace = join(outer, 'trace')
    const [folder, log] = [join(outer, 'data'), 'log']
    await mkdir(folder)
    const names = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-journal`, log]
    const under = [
      ...['strace', '-f', '--seccomp-bpf', '-o', trace, '-e', `trace=${tracedCalls}`],
      ...['-yy', '-xx', '-s', String(LONGEST_WRITE)],
      ...[folder, ...names.map((name) => join(folder, name))].flatMap((path) => ['-P', path]),
    ]
    const options: WriterOptions = {
      dsn: `sqlite:${join(folder, DATABASE)}`,
      writer: WRITER,
      callers: CALLERS,
      durability,
      operations: OPERATIONS,
      log: join(folder, log),
    }
    const writer = startProcess(writerScript, [JSON.stringify(options)], { brokenBuild, under })
    const [code] = (await once(writer, 'exit')) as [number | null]
    if (code !== 0) throw new Error(`the recorded writer ended with ${code}`)
    return parseStrace(await readFile(trace, 'latin1'), folder, log)
  } finally {
    await rm(outer, { recursive: true, force: true })
  }
}
