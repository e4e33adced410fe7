import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** What a process printed, and its exit code. */
export interface Output {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Resolves to what a process printed, once it has ended. */
export async function outputOf(child: ChildProcess): Promise<Output> {
  const { stdout: out, stderr: err } = child
  if (out === null || err === null) throw new Error('the process was started without pipes')
  const [stdout, stderr] = await Promise.all([text(out), text(err), once(child, 'exit')])
  return { code: child.exitCode, stdout, stderr }
}
