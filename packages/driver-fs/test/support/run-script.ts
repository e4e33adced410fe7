import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Runs a script of this folder in a process, and resolves to the JSON that it prints. */
export async function runScript<Answer>(
  script: string,
  args: readonly string[],
  under: readonly string[] = [],
): Promise<Answer> {
  const node = [process.execPath, join(import.meta.dirname, script), ...args]
  const [program = process.execPath, ...rest] = [...under, ...node]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  if (child.exitCode !== 0) throw new Error(`${script} failed: ${errors}`)
  return JSON.parse(output) as Answer
}
