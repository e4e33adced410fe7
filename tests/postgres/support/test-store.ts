import { newEventId } from '@harborage/core'
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'

export const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }

/** A record of Ann's with an event id of its own. */
export function newRecord(change: Partial<NewStateRecord> = {}): NewStateRecord {
  const bytes = new TextEncoder().encode('step 1')
  return { eventId: newEventId(), identity: ann, kind: 'note', bytes, ...change }
}

/** A store with a database of its own. */
export async function openOwnStore(
  config: PostgresConfig,
): Promise<{ state: StateStore } & AsyncDisposable> {
  const database = await openPostgres(config)
  const state = await openStateStore({ database })
  return {
    state,
    async [Symbol.asyncDispose]() {
      await state.close()
      await database.close()
    },
  }
}
