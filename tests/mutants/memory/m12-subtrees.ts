import {
  allOfSession,
  allOfTenant,
  type DeleteAllResult,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import {
  MemoryStore,
  type DeleteBatch,
  type DeletedBatch,
  type DeletedConversation,
  type HeldMemory,
  type MemoryChange,
  type MemoryHeader,
  type ReadSet,
} from '@harborage/memory'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const EVERYTHING = {
  within: { tenantId: '', userId: '', sessionId: '', runId: '' },
  after: undefined,
  limit: 1e6,
}
const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

type Owner = Required<RunIdentity>

/** Deletes the session of a run. */
class WholeSessionDriver extends DelegatingDriver {
  override deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]> {
    const { tenantId, userId, sessionId } = subtree
    return super.deleteAll(allOfSession({ tenantId, userId, sessionId }))
  }
}

/** Deletes the tenant of a user. */
class WholeTenantDriver extends DelegatingDriver {
  override deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const { tenantId } = batch.subtree
    return super.deleteBatch({ ...batch, subtree: allOfTenant({ tenantId }) })
  }
}

/** Deletes the conversations of a subtree one by one, by a filter. */
abstract class FilteringDriver extends DelegatingDriver {
  protected abstract matches(owner: Owner, subtree: Subtree): boolean

  override deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]> {
    return this.#deleteMatching(subtree)
  }

  override async deleteBatch({ subtree }: DeleteBatch): Promise<DeletedBatch> {
    return { deleted: await this.#deleteMatching(subtree), last: undefined }
  }

  async #deleteMatching(subtree: Subtree): Promise<readonly DeletedConversation[]> {
    const runs = await this.records.directoryPage({ ...EVERYTHING, level: 'run' })
    const sessions = await this.records.directoryPage({ ...EVERYTHING, level: 'session' })
    const deleted: DeletedConversation[] = []
    for (const identity of [...runs, ...sessions]) {
      if (!this.matches(identity, subtree)) continue
      const change = ({ exists }: HeldMemory): MemoryChange<boolean> => ({
        result: exists,
        erase: true,
      })
      if (await this.change(identity, {}, change)) deleted.push({ identity, health: 'healthy' })
    }
    return deleted
  }
}

/** Compares names without case. */
class CaselessDriver extends FilteringDriver {
  protected override matches(owner: Owner, subtree: Subtree): boolean {
    return parts.every(
      (part) => subtree[part] === '' || subtree[part].toLowerCase() === owner[part].toLowerCase(),
    )
  }
}

/** Keeps the conversations of sessions themselves. */
class RunsOnlyDriver extends FilteringDriver {
  protected override matches(owner: Owner, subtree: Subtree): boolean {
    return owner.runId !== '' && isWithin(owner, subtree)
  }
}

/** Answers that every batch is the last one. */
class FirstBatchDriver extends DelegatingDriver {
  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return { ...(await super.deleteBatch(batch)), last: undefined }
  }
}

/** Deletes everything in one batch. */
class OneBatchDriver extends DelegatingDriver {
  override deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return super.deleteBatch({ ...batch, limit: Number.POSITIVE_INFINITY })
  }
}

/** Looks for the conversations and then deletes them, in two steps. */
class LookThenDeleteDriver extends DelegatingDriver {
  override async deleteAll(
    subtree: Subtree<'run' | 'session'>,
  ): Promise<readonly DeletedConversation[]> {
    const runs = await this.records.directoryPage({ ...EVERYTHING, level: 'run' })
    const found = runs.filter((identity) => isWithin(identity, subtree))
    await turns(1)
    await super.deleteAll(subtree)
    return found.map((identity) => ({ identity, health: 'healthy' }))
  }
}

/** Does not count again. */
class NothingLeftDriver extends DelegatingDriver {
  override async countAll(): Promise<number> {
    return 0
  }
}

/** Deletes a subtree, but keeps the ids of the turns. */
class RememberingDriver extends DelegatingDriver {
  readonly #known = new Map<string, MemoryHeader>()
  readonly #deleted = new Set<string>()

  override async deleteAll(
    subtree: Subtree<'run' | 'session'>,
  ): Promise<readonly DeletedConversation[]> {
    return this.#remember(await super.deleteAll(subtree))
  }

  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const { deleted, last } = await super.deleteBatch(batch)
    return { deleted: this.#remember(deleted), last }
  }

  override change<Result>(
    identity: Owner,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = JSON.stringify(identity)
    return super.change(identity, readSet, (held) => {
      const change = decide(held)
      const { turnId } = readSet
      const isRetry = turnId !== undefined && this.#known.get(key)?.turnIds.includes(turnId)
      if (isRetry === true && this.#deleted.has(key)) return { result: change.result }
      if (change.header !== undefined) this.#known.set(key, change.header)
      return change
    })
  }

  #remember(deleted: readonly DeletedConversation[]): readonly DeletedConversation[] {
    for (const { identity } of deleted) this.#deleted.add(JSON.stringify(identity))
    return deleted
  }
}

/** Says of every deleted conversation that it was healthy. */
class HealthyDriver extends DelegatingDriver {
  override async deleteAll(
    subtree: Subtree<'run' | 'session'>,
  ): Promise<readonly DeletedConversation[]> {
    const deleted = await super.deleteAll(subtree)
    return deleted.map(({ identity }) => ({ identity, health: 'healthy' }))
  }
}

/** Ignores the options. */
class SilentStore extends MemoryStore {
  override deleteAll(subtree: Subtree): Promise<DeleteAllResult> {
    return super.deleteAll(subtree)
  }
}

/** Takes anything with a session for a subtree. */
class CredulousStore extends MemoryStore {
  override async deleteAll(...[subtree, options]: Parameters<MemoryStore['deleteAll']>) {
    try {
      return await super.deleteAll(subtree, options)
    } catch (error) {
      const { tenantId, userId, sessionId } = subtree
      if (sessionId === '') throw error
      return super.deleteAll(allOfSession({ tenantId, userId, sessionId }), options)
    }
  }
}

export const subtreeFaults: readonly BrokenStore[] = [
  brokenDriver('deletes the session of a run', WholeSessionDriver),
  brokenDriver('deletes the tenant of a user', WholeTenantDriver),
  brokenDriver('compares the names of subtrees without case', CaselessDriver),
  brokenDriver('deletes the conversations of runs only', RunsOnlyDriver),
  brokenDriver('stops after the first batch', FirstBatchDriver),
  brokenDriver('deletes a tenant in one batch', OneBatchDriver),
  brokenDriver('looks for conversations before it deletes them', LookThenDeleteDriver),
  brokenDriver('does not count what is added meanwhile', NothingLeftDriver),
  brokenDriver('knows the ids of the turns of a deleted subtree', RememberingDriver),
  brokenDriver('says of a deleted subtree that it was healthy', HealthyDriver),
  brokenStore('ignores the options of deleteAll', SilentStore),
  brokenStore('takes an identity for a subtree', CredulousStore),
]
