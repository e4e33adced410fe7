import { isHarborageError, newEventId } from '@harborage/core'
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'

export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
export const ann = { ...session, runId: 'r1' }

/** Returns a record of Ann's with an event id of its own. */
export function newRecord(change: Partial<NewStateRecord> = {}): NewStateRecord {
  const bytes = new TextEncoder().encode('step 1')
  return { eventId: newEventId(), identity: ann, kind: 'note', bytes, ...change }
}

/** Resolves to a store with a database of its own. */
export async function openOwnStore(
  config: PostgresConfig,
): Promise<{ state: StateStore } & AsyncDisposable> {
  const database = await openPostgres(config)
  const state = await openStateStore({ database }).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  return {
    state,
    async [Symbol.asyncDispose]() {
      await state.close()
      await database.close()
    },
  }
}

/**
 * Opens a store with time limits that a busy machine may exceed for a while: tries again until it
 * does not.
 */
export async function openInTime(
  config: PostgresConfig,
): Promise<{ state: StateStore } & AsyncDisposable> {
  for (;;) {
    try {
      return await openOwnStore(config)
    } catch (error) {
      if (!isHarborageError(error, 'store_unavailable')) throw error
    }
  }
}
