import { join } from 'node:path'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { clientPool, type Pool } from '@harborage/test-kit/postgres/client-pool'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { postgresThreads } from '../../../src/import/postgres-threads.ts'
import { sqliteThreads } from '../../../src/import/sqlite-threads.ts'
import type { ThreadSource } from '../../../src/import/thread-source.ts'

/** A saver of LangGraph's own, with nothing in it. */
export interface OfficialSaver {
  readonly saver: BaseCheckpointSaver
  /** Its tables as the source of an import. */
  readonly source: ThreadSource
  /** Changes its tables. */
  readonly execute: (sql: string) => Promise<void>
  /** The names of its tables. */
  readonly tables: { readonly checkpoints: string; readonly writes: string }
}

/** Opens savers of LangGraph's own. Each is closed when the running test ends. */
export interface OfficialSavers {
  readonly sqlite: () => Promise<OfficialSaver & { readonly saver: SqliteSaver }>
  /** Opens it on a schema: by default one of its own. */
  readonly postgres: (schema?: string) => Promise<OfficialSaver & { readonly pool: Pool }>
}

/** Sets up one database of Postgres for the tests of a file, with a schema for each test. */
export function officialSavers(): OfficialSavers {
  let database: TestDatabase
  let pool: Pool
  let schemas = 0
  beforeAll(async () => {
    database = await createDatabase()
    pool = clientPool(database.dsn)
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })
  return {
    sqlite: openSqliteSaver,
    async postgres(schema = `schema_${(schemas += 1)}`) {
      const saver = new PostgresSaver(pool, undefined, { schema })
      await saver.setup()
      return {
        saver,
        source: postgresThreads(pool, { schema }),
        execute: async (sql) => void (await pool.query(sql)),
        tables: {
          checkpoints: `"${schema}".checkpoints`,
          writes: `"${schema}".checkpoint_writes`,
        },
        pool,
      }
    },
  }
}

async function openSqliteSaver(): Promise<OfficialSaver & { readonly saver: SqliteSaver }> {
  const saver = SqliteSaver.fromConnString(join(await temporaryFolder(), 'langgraph.db'))
  onTestFinished(() => void saver.db.close())
  // It makes its tables when it is used.
  await saver.getTuple({ configurable: { thread_id: 'none' } })
  return {
    saver,
    source: sqliteThreads(saver.db),
    execute: async (sql) => void saver.db.exec(sql),
    tables: { checkpoints: 'checkpoints', writes: 'writes' },
  }
}
