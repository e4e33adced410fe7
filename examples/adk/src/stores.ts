import { HarborageArtifactService, HarborageSessionService } from '@harborage/adk'
import { openArtifactStore } from '@harborage/artifacts'
import { openAgentStores } from '@harborage/example-kit/agent-stores'

/** The tenant, which a server takes from its request. */
const tenant = { tenantId: 'acme' }

/** The session of the example, as ADK names it. */
export const key = { appName: 'warehouse', userId: 'ann', sessionId: 'order-4711' }

/** The services of a process, on one database. */
export interface Services extends AsyncDisposable {
  readonly sessionService: HarborageSessionService
  readonly artifactService: HarborageArtifactService
}

/** Opens the services of a process. */
export async function openServices(dsn: string): Promise<Services> {
  const stores = await openAgentStores(dsn)
  const { database, state, journal } = stores
  const artifacts = await openArtifactStore({ database })
  return {
    sessionService: new HarborageSessionService({ state, journal, tenant }),
    artifactService: new HarborageArtifactService({ state, artifacts, tenant }),
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  }
}
