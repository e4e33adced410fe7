import type { Identity } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'

import { HARBORAGE } from '../measure/benchmark.ts'
import type { EventLog } from './event-log.ts'

const SESSION: Identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** Opens the journal of Harborage. */
export async function harborageLog(dsn: string): Promise<EventLog> {
  const journal = await openJournalStore({ dsn })
  return {
    name: HARBORAGE,
    note: 'as it is opened by default',
    append: (log, entryId, bytes) => journal.append(SESSION, log, [{ entryId, bytes }]),
    count: async (log) => (await journal.head(SESSION, log))?.length ?? 0,
    close: () => journal.close(),
  }
}
