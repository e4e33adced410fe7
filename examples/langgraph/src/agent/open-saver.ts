import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { HarborageSaver } from '@harborage/langgraph'

/** Whose threads they are. A service would pass the user of the request. */
const owner = { tenantId: 'lamps', userId: 'service-desk' }

/**
 * Opens the checkpointer on the engine that the DSN names. It is all that the agent needs of
 * Harborage. Call `end()` when it is done.
 */
export async function openSaver(dsn: string): Promise<HarborageSaver> {
  const saver = HarborageSaver.fromConnString(dsn, { owner })
  await saver.setup()
  return saver
}
