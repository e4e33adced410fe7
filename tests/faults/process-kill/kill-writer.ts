import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { BrokenBuild } from '../harness/fault-row.ts'
import { startProcess } from '../harness/start-process.ts'
import { acknowledgedOf } from '../harness/writer/told.ts'
import { writerScript, type WriterOptions } from '../harness/writer/writer-options.ts'

/** A writer, and after how many acknowledgements it is killed; 0: as soon as it begins to open. */
export interface Kill extends WriterOptions {
  readonly after: number
}

/** Kills a writer in the middle of its work and gives how many operations of each caller it acknowledged. */
export async function killWriter(
  { after, ...options }: Kill,
  brokenBuild: BrokenBuild | undefined,
): Promise<readonly number[]> {
  const writer = startProcess(writerScript, [JSON.stringify(options)], { brokenBuild })
  const exited = once(writer, 'exit')
  const lines: string[] = []
  // Every line is complete: each was written by one call.
  for await (const line of createInterface({ input: writer.stdout })) {
    lines.push(line)
    // The first line says that it is opening.
    if (lines.length === after + 1) writer.kill('SIGKILL')
  }
  await exited
  if (writer.signalCode !== 'SIGKILL') throw new Error('a writer ended before it was killed')
  return acknowledgedOf(lines, options.callers)
}
