import { barePostgresTurns } from '../contenders/bare-postgres.ts'
import { bareSqliteTurns } from '../contenders/bare-sqlite.ts'
import { harborageTurns } from '../contenders/harborage.ts'
import type { TurnLog } from '../contenders/turn-log.ts'
import type { Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'

export async function openHarborageTurns(engine: EngineName, scene: Scene): Promise<TurnLog> {
  const dsn = engine === 'sqlite' ? `sqlite:${await scene.newFile()}` : await scene.newDatabase()
  const log = await harborageTurns(dsn)
  scene.onEnd(() => log.close())
  return log
}

export async function openBareTurns(engine: EngineName, scene: Scene): Promise<TurnLog> {
  const log =
    engine === 'sqlite'
      ? bareSqliteTurns(await scene.newFile())
      : await barePostgresTurns(await scene.newDatabase())
  scene.onEnd(() => log.close())
  return log
}
