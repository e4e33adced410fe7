import {
  ArtifactStore,
  type ArtifactRef,
  type DeleteBatch,
  type DeletedBatch,
} from '@harborage/artifacts'
import {
  allOfSession,
  allOfTenant,
  type DeleteAllOptions,
  type DeleteAllResult,
  type Subtree,
} from '@harborage/core'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Deletes the tenant of a user. */
class WholeTenantDriver extends DelegatingDriver {
  override deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const { tenantId } = batch.subtree
    return super.deleteBatch({ ...batch, subtree: allOfTenant({ tenantId }) })
  }
}

/** Deletes artifacts one by one, by a filter. */
abstract class FilteringDriver extends DelegatingDriver {
  protected abstract matches(ref: ArtifactRef, subtree: Subtree): boolean

  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    return this.#deleteMatching(subtree)
  }

  override async deleteBatch({ subtree }: DeleteBatch): Promise<DeletedBatch> {
    return { deleted: await this.#deleteMatching(subtree), last: undefined }
  }

  async #deleteMatching(subtree: Subtree): Promise<number> {
    const refs = (await this.all()).filter((ref) => this.matches(ref, subtree))
    for (const ref of refs) await this.delete(ref)
    return refs.length
  }
}

const parts = ['tenantId', 'userId', 'sessionId'] as const

/** Compares names without case. */
class CaselessDriver extends FilteringDriver {
  protected override matches({ scope }: ArtifactRef, subtree: Subtree): boolean {
    return parts.every(
      (part) => subtree[part] === '' || subtree[part].toLowerCase() === scope[part].toLowerCase(),
    )
  }
}

/** Leaves the artifacts of the user and of the tenant. */
class SessionsOnlyDriver extends FilteringDriver {
  protected override matches({ scope }: ArtifactRef, subtree: Subtree): boolean {
    return (
      scope.sessionId !== '' &&
      parts.every((part) => subtree[part] === '' || subtree[part] === scope[part])
    )
  }
}

/** Counts what it finds and then deletes it, in two steps. */
class CountThenDeleteDriver extends DelegatingDriver {
  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const count = await this.artifacts.countAll(batch.subtree)
    await turns(1)
    return { ...(await super.deleteBatch(batch)), deleted: Math.min(count, batch.limit) }
  }
}

/** Does not count again. */
class NothingLeftDriver extends DelegatingDriver {
  override async countAll(): Promise<number> {
    return 0
  }
}

/** Deletes nothing that belongs to the session itself. */
class TasksOnlyDriver extends FilteringDriver {
  protected override matches({ scope }: ArtifactRef, subtree: Subtree): boolean {
    return (
      (scope.taskId !== '' || scope.sessionId === '') &&
      parts.every((part) => subtree[part] === '' || subtree[part] === scope[part])
    )
  }
}

/** Ignores the options. */
class SilentStore extends ArtifactStore {
  override deleteAll(subtree: Subtree): Promise<DeleteAllResult> {
    return super.deleteAll(subtree)
  }
}

/** Takes a run for its session. */
class RunAsSessionStore extends ArtifactStore {
  override deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    if (subtree?.level !== 'run') return super.deleteAll(subtree, options)
    const { tenantId, userId, sessionId } = subtree
    return super.deleteAll(allOfSession({ tenantId, userId, sessionId }), options)
  }
}

/** Takes anything with a session for a subtree. */
class CredulousStore extends ArtifactStore {
  override async deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
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
  brokenDriver('A9', 'deletes the tenant of a user', WholeTenantDriver),
  brokenDriver('A9', 'compares the names of subtrees without case', CaselessDriver),
  brokenDriver('A9', 'deletes sessions only', SessionsOnlyDriver),
  brokenDriver('A9', 'deletes tasks only', TasksOnlyDriver),
  brokenDriver('A9', 'counts before it deletes a batch', CountThenDeleteDriver),
  brokenDriver('A9', 'does not count what is put meanwhile', NothingLeftDriver),
  brokenStore('A9', 'ignores the options of deleteAll', SilentStore),
  brokenStore('A9', 'deletes the session of a run', RunAsSessionStore),
  brokenStore('A9', 'takes a scope for a subtree', CredulousStore),
]
