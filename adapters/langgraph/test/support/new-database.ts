import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'

/** An engine whose databases several processes can open. */
export type SharedEngine = 'sqlite' | 'postgres'

/**
 * Makes a database with nothing in it, and resolves to its DSN.
 *
 * @param later Is given what removes the database.
 */
export async function newDatabase(
  engine: SharedEngine,
  later: (remove: () => Promise<void>) => void,
): Promise<string> {
  switch (engine) {
    case 'sqlite': {
      const folder = await mkdtemp(join(tmpdir(), 'harborage-langgraph-'))
      later(() => rm(folder, { recursive: true, force: true }))
      return `sqlite:${join(folder, 'agent.db')}`
    }
    case 'postgres': {
      const database = await createDatabase()
      later(() => database.drop())
      return database.dsn
    }
  }
}
