import { openGraphSavers } from '../contenders/graph-savers.ts'
import { checkThread, ofThread, runThread, stubGraph } from '../contenders/stub-graph.ts'
import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'

const STEPS = 30
const THREAD = 'thread-1'
const HISTORY = 10

type Graph = ReturnType<typeof stubGraph>

/** Returns the race of reading the state of a thread. */
export function graphState(engine: EngineName): Race {
  return reading(engine, 'state', 'getState', async (graph) => {
    await graph.getState(ofThread(THREAD))
  })
}

/** Returns the race of reading the newest states of a thread. */
export function graphHistory(engine: EngineName): Race {
  const title = `getStateHistory of ${HISTORY}`
  return reading(engine, 'history', title, async (graph) => {
    let states = 0
    for await (const _ of graph.getStateHistory(ofThread(THREAD), { limit: HISTORY })) states += 1
    if (states !== HISTORY) throw new Error(`${states} of ${HISTORY} states were read`)
  })
}

function reading(
  engine: EngineName,
  id: string,
  title: string,
  read: (graph: Graph) => Promise<void>,
): Race {
  return {
    id: `graph-${id}-${engine}`,
    title,
    engine,
    unit: title,
    compares: 'contenders',
    share: 0.6,
    setUp: async (scene) => {
      const savers = await openGraphSavers(engine, scene)
      return Promise.all(
        savers.map(async ({ name, note, checkpointer }) => {
          const graph = stubGraph(checkpointer, STEPS)
          await runThread(graph, THREAD, STEPS)
          return {
            name,
            note,
            run: (operations: number) => oneCaller(operations, () => read(graph)),
            verify: () => checkThread(graph, THREAD, STEPS),
          }
        }),
      )
    },
  }
}
