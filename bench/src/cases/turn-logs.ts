import { barePostgresTurns } from '../contenders/bare-postgres.ts'
import { bareSqliteTurns } from '../contenders/bare-sqlite.ts'
import type { Build } from '../contenders/build.ts'
import { harborageTurns } from '../contenders/harborage.ts'
import type { TurnLog } from '../contenders/turn-log.ts'
import { newDsn, type Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'

/** Opens the turn log of every contender, each on its own database, until the scene ends. */
export async function openTurnLogs(engine: EngineName, scene: Scene): Promise<readonly TurnLog[]> {
  const logs: TurnLog[] = []
  for (const build of scene.builds) logs.push(await openHarborageTurns(build, engine, scene))
  if (scene.withOthers) logs.push(await openBareTurns(engine, scene))
  return logs
}

export async function openHarborageTurns(
  build: Build,
  engine: EngineName,
  scene: Scene,
): Promise<TurnLog> {
  const log = await harborageTurns(build, await newDsn(engine, scene))
  scene.onEnd(() => log.close())
  return log
}

async function openBareTurns(engine: EngineName, scene: Scene): Promise<TurnLog> {
  const log =
    engine === 'sqlite'
      ? bareSqliteTurns(await scene.newFile())
      : await barePostgresTurns(await scene.newDatabase())
  scene.onEnd(() => log.close())
  return log
}
