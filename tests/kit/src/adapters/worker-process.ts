import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A process that a test has started. */
export interface WorkerProcess {
  readonly process: ChildProcess
  /** Resolves to all lines that it wrote, once it has ended. */
  readonly lines: Promise<readonly string[]>
}

/**
 * Starts a script. It is killed when the running test ends.
 *
 * @param path The absolute path of the script.
 * @param onLine Is called for each line that it writes.
 */
export function startWorker(
  path: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): WorkerProcess {
  const started = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void started.kill('SIGKILL'))
  const exited = once(started, 'exit')
  const read = async (): Promise<readonly string[]> => {
    const lines: string[] = []
    for await (const line of createInterface({ input: started.stdout })) {
      lines.push(line)
      onLine(line)
    }
    await exited
    return lines
  }
  return { process: started, lines: read() }
}
