import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { RunningProcess } from './start-process.ts'

/**
 * Kills a process once it has written a number of lines. Resolves to all that it wrote until it had
 * ended, be it by itself.
 *
 * @param heard Called with each line.
 */
export async function linesUntilKilled(
  child: RunningProcess,
  most: number,
  heard: (line: string) => void = () => {},
): Promise<readonly string[]> {
  const exited = once(child, 'exit')
  const lines: string[] = []
  // Every line is complete: each was written by one call.
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    heard(line)
    if (lines.length >= most) child.kill('SIGKILL')
  }
  await exited
  return lines
}
