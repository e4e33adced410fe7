import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

import { onTestFinished } from 'vitest'

export interface ScriptOptions {
  readonly nodeOptions?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a script of this folder in a process of its own, within a test; it reads `stdin` and writes
 * `stdout`.
 */
export function spawnScript(
  name: string,
  args: readonly string[],
  { nodeOptions = [], env = {} }: ScriptOptions = {},
): ChildProcessByStdio<Writable, Readable, null> {
  const script = spawn(
    process.execPath,
    [...nodeOptions, join(import.meta.dirname, name), ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  )
  // One that hangs does not outlive its test.
  onTestFinished(() => void script.kill('SIGKILL'))
  return script
}
