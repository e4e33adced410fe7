/**
 * Run by a test, which may kill it: adds one batch of items after another to a session, and writes
 * the number of each once it has resolved.
 */
import { HarborageSession } from '@harborage/openai-agents'
import { openJournalStore } from '@harborage/journal'
import { importDriver } from '@harborage/test-kit/adapters/import-driver'
import { writeLine } from '@harborage/test-kit/write-line'

import { ann, batchOf } from './batches.ts'

const [, , dsn = '', writer = '', batches = ''] = process.argv
await importDriver(dsn)
await using journal = await openJournalStore({ dsn })
const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
writeLine(1, 'open')
for (let batch = 0; batch < Number(batches); batch += 1) {
  await session.addItems(batchOf(Number(writer), batch))
  writeLine(1, `${batch}`)
}
