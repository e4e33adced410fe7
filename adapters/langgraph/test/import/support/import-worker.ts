/** A process that imports all threads of a SqliteSaver, and writes a line after each commit. */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { writeLine } from '@harborage/test-kit/write-line'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { importThreads } from '../../../src/import/import-threads.ts'
import { sqliteThreads } from '../../../src/import/sqlite-threads.ts'
import { HarborageSaver } from '../../../src/saver/harborage-saver.ts'

const [file = '', dsn = ''] = process.argv.slice(2)
const owner = { tenantId: 'acme', userId: 'ann' }
const to = HarborageSaver.fromConnString(dsn, { owner })
const from = sqliteThreads(SqliteSaver.fromConnString(file).db)
await importThreads({
  from,
  to,
  onProgress: ({ checkpoints }) => writeLine(1, String(checkpoints)),
})
await to.end()
