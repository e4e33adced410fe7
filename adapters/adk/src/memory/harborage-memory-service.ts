import type {
  BaseMemoryService,
  SearchMemoryRequest,
  SearchMemoryResponse,
  Session,
} from '@google/adk'
import { allOfUser, type TenantOwner } from '@harborage/core'
import { bindTenant } from '@harborage/core/adapter'
import { MAX_PASSAGES, type MemoryStore } from '@harborage/memory'
import { sessionIdentity, userIdentity } from '../place.ts'
import {
  checkMemoryOptions,
  DEFAULT_LIMIT,
  type HarborageMemoryServiceOptions,
} from './memory-options.ts'
import { beginningOf, collectionOf, memoryOf, passagesOf } from './memory-payload.ts'

/** The number of passages that are dropped together. */
const DROPPED_AT_ONCE = 1_000

/**
 * The memory of ADK on Harborage: what past sessions of a user said, found by its words. Pass it to
 * a `Runner`, for the tools `LOAD_MEMORY` and `PRELOAD_MEMORY`.
 *
 * In addition to the codes that they name, both methods may fail with `identity_required` and
 * `invalid_identity` for the tenant, the application, the user or the session, `invalid_record` for
 * another argument, and with the errors of the store, such as `store_unavailable`,
 * `outcome_unknown` and `store_closed`.
 *
 * @example
 * ```ts
 * import { HarborageMemoryService } from '@harborage/adk'
 * import { createEventBus } from '@harborage/core'
 * import { openMemoryStore } from '@harborage/memory'
 *
 * await using memory = await openMemoryStore({ bus: createEventBus() })
 * const service = new HarborageMemoryService({ memory, tenant: { tenantId: 'acme' } })
 * const user = { appName: 'shop', userId: 'ann' }
 * await service.searchMemory({ ...user, query: 'Where is my lamp?' }) // { memories: [] }
 * ```
 */
export class HarborageMemoryService implements BaseMemoryService {
  readonly #memory: MemoryStore
  readonly #tenant: () => TenantOwner
  readonly #limit: number

  /**
   * Makes a service. It reads and writes nothing.
   *
   * @throws `identity_required` or `invalid_identity` if the tenant is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageMemoryServiceOptions) {
    const { memory, tenant, limit = DEFAULT_LIMIT } = checkMemoryOptions(options)
    this.#memory = memory
    this.#tenant = bindTenant(tenant)
    this.#limit = limit
  }

  /**
   * Remembers what the events of a session say in words, in place of what was remembered of it
   * before, in one step. Only what differs is written, so that it may be called after each turn. Of
   * more than 10,000 such events the newest 9,001 to 10,000 are remembered: the oldest ones are
   * dropped 1,000 at a time, since that writes all others again.
   *
   * It asks no session service: called after the session was deleted, it remembers its words again.
   *
   * @throws `invalid_record` if they hold more than 16 MiB in all, their words included.
   */
  async addSessionToMemory(session: Session): Promise<void> {
    const { appName, userId, id: sessionId } = session
    const identity = sessionIdentity(this.#tenant(), { appName, userId, sessionId })
    const all = session.events.flatMap(passagesOf)
    const passages = all.slice(droppedOf(all.length))
    await this.#memory.passages.replace(identity, collectionOf(appName), passages)
  }

  /**
   * Resolves to what sessions of the user said in the application with at least one of the words:
   * what has most of them first, and of that the newest.
   *
   * @throws `schema_too_new` if a newer release wrote what is found.
   */
  async searchMemory(request: SearchMemoryRequest): Promise<SearchMemoryResponse> {
    const { appName, query } = request
    const found = await this.#memory.passages.search(
      allOfUser(userIdentity(this.#tenant(), request)),
      collectionOf(appName),
      typeof query === 'string' ? beginningOf(query) : query,
      { limit: this.#limit },
    )
    return { memories: found.map(memoryOf) }
  }
}

/** Returns how many of the oldest passages are dropped, so that few additions move the others. */
function droppedOf(passages: number): number {
  const tooMany = Math.max(0, passages - MAX_PASSAGES)
  return Math.ceil(tooMany / DROPPED_AT_ONCE) * DROPPED_AT_ONCE
}
