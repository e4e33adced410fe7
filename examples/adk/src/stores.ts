import {
  HarborageArtifactService,
  HarborageMemoryService,
  HarborageSessionService,
} from '@harborage/adk'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus } from '@harborage/core'
import { openAgentStores } from '@harborage/example-kit/agent-stores'
import { openMemoryStore } from '@harborage/memory'

/** The tenant, which a server takes from its request. */
const tenant = { tenantId: 'acme' }

/** The session of the example, as ADK names it. */
export const key = { appName: 'warehouse', userId: 'ann', sessionId: 'order-4711' }

/** A later session of the same user. */
export const laterKey = { ...key, sessionId: 'later' }

/** The services of a process, on one database. */
export interface Services extends AsyncDisposable {
  readonly sessionService: HarborageSessionService
  readonly artifactService: HarborageArtifactService
  readonly memoryService: HarborageMemoryService
}

/** Opens the services of a process. */
export async function openServices(dsn: string): Promise<Services> {
  const stores = await openAgentStores(dsn)
  const { database, state, journal } = stores
  const artifacts = await openArtifactStore({ database })
  const memory = await openMemoryStore({ database, bus: createEventBus() })
  return {
    sessionService: new HarborageSessionService({ state, journal, memory, tenant }),
    artifactService: new HarborageArtifactService({ state, artifacts, tenant }),
    memoryService: new HarborageMemoryService({ memory, tenant }),
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  }
}
