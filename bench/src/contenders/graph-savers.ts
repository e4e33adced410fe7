import { HarborageSaver } from '@harborage/langgraph'
import { type BaseCheckpointSaver, MemorySaver } from '@langchain/langgraph-checkpoint'

import type { Scene } from '../environment/scene.ts'
import { HARBORAGE, type EngineName } from '../measure/benchmark.ts'
import {
  LANGGRAPH_POSTGRES,
  LANGGRAPH_POSTGRES_NOTE,
  openPostgresSaver,
} from './langgraph-postgres.ts'
import { LANGGRAPH_SQLITE, LANGGRAPH_SQLITE_NOTE, openSqliteSaver } from './langgraph-sqlite.ts'

export const LANGGRAPH_MEMORY = 'LangGraph MemorySaver'

/** A checkpointer that takes part in a case, on a database of its own. */
export interface GraphSaver {
  readonly name: string
  readonly note: string
  readonly checkpointer: BaseCheckpointSaver
  /** The path or the DSN of its database. Default: it has none. */
  readonly place?: string
  /** Closes it, and its database. */
  readonly close: () => Promise<void>
}

const OWNER = { tenantId: 'acme', userId: 'ann' }

/** Opens the saver of this project. */
export async function openHarborageSaver(engine: EngineName, scene: Scene): Promise<GraphSaver> {
  const place = engine === 'sqlite' ? await scene.newFile() : await scene.newDatabase()
  const checkpointer = HarborageSaver.fromConnString(place, { owner: OWNER })
  await checkpointer.setup()
  const note = 'HarborageSaver, as it is opened by default'
  return { name: HARBORAGE, note, checkpointer, place, close: () => checkpointer.end() }
}

/** Opens LangGraph's own saver for an engine, as durable as that of this project. */
export async function openOfficialSaver(engine: EngineName, scene: Scene): Promise<GraphSaver> {
  if (engine === 'sqlite') {
    const place = await scene.newFile()
    const checkpointer = openSqliteSaver(place)
    const close = async (): Promise<void> => void checkpointer.db.close()
    return { name: LANGGRAPH_SQLITE, note: LANGGRAPH_SQLITE_NOTE, checkpointer, place, close }
  }
  const place = await scene.newDatabase()
  const checkpointer = await openPostgresSaver(place)
  const close = (): Promise<void> => checkpointer.end()
  return { name: LANGGRAPH_POSTGRES, note: LANGGRAPH_POSTGRES_NOTE, checkpointer, place, close }
}

/** Returns the saver that shows what LangGraph itself costs. */
export function memorySaver(): GraphSaver {
  const note = 'keeps nothing: the cost of LangGraph itself'
  const close = async (): Promise<void> => {}
  return { name: LANGGRAPH_MEMORY, note, checkpointer: new MemorySaver(), close }
}

/** Opens all savers of an engine, and closes them at the end of the scene. */
export async function openGraphSavers(
  engine: EngineName,
  scene: Scene,
): Promise<readonly GraphSaver[]> {
  const savers = [
    await openHarborageSaver(engine, scene),
    await openOfficialSaver(engine, scene),
    memorySaver(),
  ]
  for (const { close } of savers) scene.onEnd(close)
  return savers
}
