import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import type { Acknowledged } from './killed-scope.ts'

/** A deliberate fault of a process. */
export type Fault = 'none' | 'writes in place' | 'acknowledges early'

const script = join(import.meta.dirname, 'acknowledging-process.ts')

/** Kills a process while it puts artifacts, and resolves to what it acknowledged. */
export async function killInPuts(
  dsn: string,
  name: string,
  puts: number,
  fault: Fault,
): Promise<readonly Acknowledged[]> {
  const writer = spawn(process.execPath, [script, dsn, name, fault], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(writer, 'exit')
  const acknowledged: Acknowledged[] = []
  // Every line is complete: each was written by one call. A last one without its end was not.
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(JSON.parse(line) as Acknowledged)
    if (acknowledged.length === puts) writer.kill('SIGKILL')
  }
  await exited
  if (writer.signalCode !== 'SIGKILL') throw new Error('the process ended by itself')
  return acknowledged
}
