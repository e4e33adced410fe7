import { openGraphSavers } from '../contenders/graph-savers.ts'
import { checkThread, runThread, stubGraph } from '../contenders/stub-graph.ts'
import type { EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce } from '../measure/callers.ts'

const STEPS = 30

/** Returns the race of graph runs, each in a new thread and durable after each step. */
export function graphRuns(engine: EngineName, atOnce: number): Race {
  return {
    id: `graph-run-${atOnce}-${engine}`,
    title: `graph run of ${STEPS} steps, ${atOnce} at once`,
    engine,
    unit: 'run',
    compares: 'contenders',
    share: 0.6,
    operations: Math.max(atOnce, 4),
    setUp: async (scene) => {
      const savers = await openGraphSavers(engine, scene)
      return savers.map(({ name, note, checkpointer }) => {
        const graph = stubGraph(checkpointer, STEPS)
        let runs = 0
        return {
          name,
          note,
          run: (operations) =>
            callersAtOnce(atOnce, operations, () => {
              runs += 1
              return runThread(graph, `thread-${runs}`, STEPS)
            }),
          verify: async () => {
            for (let run = 1; run <= runs; run += 1) {
              await checkThread(graph, `thread-${run}`, STEPS)
            }
          },
        }
      })
    },
  }
}
