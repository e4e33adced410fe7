import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import BetterSqlite3 from 'better-sqlite3'

import { checkpointSlots } from './langgraph-checkpoint.ts'
import type { SlotStore } from './slot-store.ts'

export const LANGGRAPH_SQLITE = 'LangGraph SqliteSaver'
export const LANGGRAPH_SQLITE_NOTE = 'WAL, synchronous=FULL set on its database for this run'

/** Opens a saver that is as durable as Harborage. By default it keeps the client's settings. */
export function openSqliteSaver(path: string): SqliteSaver {
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  return new SqliteSaver(db)
}

export function langgraphSqliteSlots(path: string): SlotStore {
  const saver = openSqliteSaver(path)
  return checkpointSlots(LANGGRAPH_SQLITE, LANGGRAPH_SQLITE_NOTE, saver, async () => {
    saver.db.close()
  })
}
