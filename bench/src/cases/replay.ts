import type { Build } from '../contenders/build.ts'
import { harborageRuns, harborageWholeRuns } from '../contenders/harborage-runs.ts'
import {
  LANGGRAPH_POSTGRES,
  LANGGRAPH_POSTGRES_NOTE,
  openPostgresSaver,
} from '../contenders/langgraph-postgres.ts'
import { langgraphRuns } from '../contenders/langgraph-runs.ts'
import {
  LANGGRAPH_SQLITE,
  LANGGRAPH_SQLITE_NOTE,
  openSqliteSaver,
} from '../contenders/langgraph-sqlite.ts'
import type { RunKeeper } from '../contenders/run-keeper.ts'
import { openNewDatabase, type Scene } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce } from '../measure/callers.ts'
import { countTurns, type RecordedRuns } from './recorded-runs.ts'
import { at } from './workload.ts'

/** Returns the race of storing recorded runs step by step. A slice stores all for a new tenant. */
export function replay(engine: EngineName, { runs }: RecordedRuns, atOnce: number): Race {
  return {
    id: `replay-${atOnce}-${engine}`,
    title: `replay of recorded runs, ${atOnce} at once`,
    engine,
    unit: 'turn',
    compares: 'contenders',
    share: 0.4,
    operations: countTurns(runs),
    setUp: async (scene) => {
      const contenders: Contender[] = []
      const others = engine === 'sqlite' ? othersOnSqlite(scene) : othersOnPostgres(scene)
      const builds = scene.builds.flatMap((build) => ofBuild(build, engine, scene))
      for (const open of [...builds, ...(scene.withOthers ? others : [])]) {
        const keeper = await open()
        scene.onEnd(() => keeper.close())
        let slice = 0
        contenders.push({
          ...keeper,
          prepare: async () => {
            slice += 1
          },
          run: () =>
            callersAtOnce(atOnce, runs.length, (index) =>
              keeper.keep(`airline-${slice}`, at(runs, index)),
            ),
          verify: async () => {
            for (const run of runs) await keeper.check(`airline-${slice}`, run)
          },
        })
      }
      return contenders
    },
  }
}

type Open = () => Promise<RunKeeper>

function ofBuild(build: Build, engine: EngineName, scene: Scene): readonly Open[] {
  const open = () => openNewDatabase(build, engine, scene)
  return [
    async () => harborageRuns(build, await open()),
    async () => harborageWholeRuns(build, await open()),
  ]
}

function othersOnSqlite(scene: Scene): readonly Open[] {
  return [
    async () => {
      const saver = openSqliteSaver(await scene.newFile())
      return langgraphRuns(LANGGRAPH_SQLITE, LANGGRAPH_SQLITE_NOTE, saver, async () => {
        saver.db.close()
      })
    },
  ]
}

function othersOnPostgres(scene: Scene): readonly Open[] {
  return [
    async () => {
      const saver = await openPostgresSaver(await scene.newDatabase())
      return langgraphRuns(LANGGRAPH_POSTGRES, LANGGRAPH_POSTGRES_NOTE, saver, () => saver.end())
    },
  ]
}
