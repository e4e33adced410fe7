import { watch, type FSWatcher } from 'node:fs'

import type { BrokenBuild } from '../../harness/fault-row.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { startProcess, type RunningProcess } from '../../harness/start-process.ts'
import { acknowledgedOf } from '../../harness/writer/told.ts'
import { writerScript, type WriterOptions } from '../../harness/writer/writer-options.ts'

/** When a writer is killed: after a number of acknowledgements or of changes of a folder. */
export type Moment =
  | { readonly acknowledgements: number }
  | { readonly folder: string; readonly changes: number }

/**
 * Kills a writer in the middle of its work and gives how many operations of each caller it
 * acknowledged.
 */
export async function killWriter(
  options: WriterOptions,
  moment: Moment,
  brokenBuild: BrokenBuild | undefined,
): Promise<readonly number[]> {
  const writer = startProcess(writerScript, [JSON.stringify(options)], { brokenBuild })
  const watching = 'folder' in moment ? killAtChange(writer, moment) : undefined
  // The first line says that it is opening.
  const most = 'acknowledgements' in moment ? 1 + moment.acknowledgements : Infinity
  const lines = await linesUntilKilled(writer, most)
  watching?.close()
  if (writer.signalCode !== 'SIGKILL') throw new Error(`a writer ended early: ${lines.at(-1)}`)
  return acknowledgedOf(lines, options.callers)
}

function killAtChange(
  writer: RunningProcess,
  { folder, changes }: { readonly folder: string; readonly changes: number },
): FSWatcher {
  let seen = 0
  return watch(folder, () => {
    seen += 1
    if (seen === changes) writer.kill('SIGKILL')
  })
}
