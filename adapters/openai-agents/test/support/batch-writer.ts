/**
 * Run by a test, which may kill it: adds one batch of items after another to a session, and writes
 * the number of each once it has resolved. `torn` breaks it on purpose, to see that the test
 * notices: it adds the items of a batch one by one.
 */

import { HarborageSession } from '@harborage/openai-agents'
import { openJournalStore } from '@harborage/journal'
import { writeLine } from '@harborage/test-kit/write-line'

import { ann, BATCH_ITEMS } from './batches.ts'
import { importDriver } from './import-driver.ts'

const [, , dsn = '', writer = '', batches = '', fault] = process.argv
await importDriver(dsn)
await using journal = await openJournalStore({ dsn })
const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
writeLine(1, 'open')
for (let batch = 0; batch < Number(batches); batch += 1) {
  const items = Array.from({ length: BATCH_ITEMS }, (_, index) => ({
    role: 'user' as const,
    content: `${writer}.${batch}.${index}`,
  }))
  if (fault === 'torn') for (const item of items) await session.addItems([item])
  else await session.addItems(items)
  writeLine(1, `${batch}`)
}
