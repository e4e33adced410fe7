import type { Figures } from '../../harness/fault-row.ts'
import type { Worker } from '../../harness/worker.ts'

/** How the work of a row is shared out among its processes. */
export interface Portions {
  /** The number of calls in all. */
  readonly rounds: number
  /** The number of calls that a process makes before it asks for more. */
  readonly calls: number
  /** Called with the acknowledged calls so far. */
  readonly progress: (done: number) => void
  /** Returns whether what was found so far is enough. Default: never. */
  readonly isEnough?: (found: readonly Figures[]) => boolean
}

/** Lets each process work in portions until all calls are made, and resolves to the findings. */
export async function workInPortions(
  processes: readonly Worker[],
  { rounds, calls, progress, isEnough = () => false }: Portions,
): Promise<Figures[]> {
  const found: Figures[] = []
  let begun = 0
  let done = 0
  const working = processes.map(async (process) => {
    while (begun < rounds && !isEnough(found)) {
      begun += calls
      const worked = await process.call<Figures>('work', { from: begun, calls })
      found.push(worked)
      done += worked.acknowledged
      progress(done)
    }
  })
  await Promise.all(working)
  return found
}
