/**
 * Run by a test, which may kill it: appends one batch of entries after another to a session and to
 * its sub-agent, and writes the number of each once it has resolved.
 */
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { openDatabase } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { importDriver } from '@harborage/test-kit/adapters/import-driver'
import { writeLine } from '@harborage/test-kit/write-line'

import { batchOf } from './appended-batches.ts'
import { ann, keyOf, subKeyOf } from './entries.ts'

const [, , dsn = '', writer = '', batches = ''] = process.argv
await importDriver(dsn)
await using database = await openDatabase(dsn)
await using journal = await openJournalStore({ database })
await using state = await openStateStore({ database })
const store = new HarborageSessionStore({ journal, state, owner: ann })
writeLine(1, 'open')
for (let batch = 0; batch < Number(batches); batch += 1) {
  const key = batch % 2 === 0 ? keyOf('s1') : subKeyOf('s1', writer)
  await store.append(key, batchOf(Number(writer), batch))
  writeLine(1, `${batch}`)
}
