import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import pg from 'pg'

import { checkpointSlots } from './langgraph-checkpoint.ts'
import type { SlotStore } from './slot-store.ts'

export const LANGGRAPH_POSTGRES = 'LangGraph PostgresSaver'
export const LANGGRAPH_POSTGRES_NOTE = 'pg Pool of 10'

export async function openPostgresSaver(dsn: string): Promise<PostgresSaver> {
  const pool = new pg.Pool({ connectionString: dsn, max: 10 })
  pool.on('error', () => {})
  const saver = new PostgresSaver(pool)
  await saver.setup()
  return saver
}

export async function langgraphPostgresSlots(dsn: string): Promise<SlotStore> {
  const saver = await openPostgresSaver(dsn)
  return checkpointSlots(LANGGRAPH_POSTGRES, LANGGRAPH_POSTGRES_NOTE, saver, () => saver.end())
}
