import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { OpeningReport } from './opening-process.ts'
import type { Place } from './places.ts'

const script = join(import.meta.dirname, 'opening-process.ts')

/** Processes that are up and waiting, so that they all open a place at the same moment. */
export class OpeningProcesses {
  readonly #children: readonly ChildProcess[]

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children
  }

  static async start(count: number): Promise<OpeningProcesses> {
    const children = Array.from({ length: count }, () => fork(script))
    await Promise.all(children.map(nextMessage))
    return new OpeningProcesses(children)
  }

  /**
   * Has every process open its place; where there are fewer places than processes they take turns.
   */
  open(...places: readonly Place[]): Promise<OpeningReport[]> {
    return Promise.all(
      this.#children.map(async (child, index) => {
        const answered = nextMessage(child)
        child.send(places[index % places.length] ?? {})
        return answered
      }),
    )
  }

  /**
   * Ends the processes and resolves to their exit codes. A process with an open handle would stay.
   */
  async end(): Promise<(number | null)[]> {
    return Promise.all(
      this.#children.map(async (child) => {
        const ended = once(child, 'exit')
        child.disconnect()
        await ended
        return child.exitCode
      }),
    )
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }
}

async function nextMessage(child: ChildProcess): Promise<OpeningReport> {
  const [message] = (await once(child, 'message')) as [OpeningReport]
  return message
}
