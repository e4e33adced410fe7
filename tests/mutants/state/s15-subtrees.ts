import {
  allOfSession,
  allOfTenant,
  type DeleteAllOptions,
  type DeleteAllResult,
  type Subtree,
} from '@harborage/core'
import { StateStore, type DeleteBatch, type DeletedBatch } from '@harborage/state'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const EVERYTHING = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }

/** Empties the session of a run. */
class WholeSessionDriver extends DelegatingDriver {
  override deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const { tenantId, userId, sessionId } = subtree
    return super.deleteAll(allOfSession({ tenantId, userId, sessionId }))
  }
}

/** Empties the tenant of a user. */
class WholeTenantDriver extends DelegatingDriver {
  override deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const { tenantId } = batch.subtree
    return super.deleteBatch({ ...batch, subtree: allOfTenant({ tenantId }) })
  }
}

/** Deletes slots one by one, by a filter. */
abstract class FilteringDriver extends DelegatingDriver {
  protected abstract matches(owner: Owner, subtree: Subtree): boolean

  override async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const records = await this.records.listKindPage(EVERYTHING)
    const matching = records.filter(({ identity }) => this.matches(identity, subtree))
    await turns(3)
    let deleted = 0
    for (const record of matching) if (await this.delete(record, undefined)) deleted += 1
    return deleted
  }

  override async deleteBatch({ subtree }: DeleteBatch): Promise<DeletedBatch> {
    const records = await this.records.listKindPage(EVERYTHING)
    const matching = records.filter(({ identity }) => this.matches(identity, subtree))
    for (const record of matching) await this.delete(record, undefined)
    return { deleted: matching.length, last: undefined }
  }
}

type Owner = Record<'tenantId' | 'userId' | 'sessionId' | 'runId', string>
const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** Compares names without case. */
class CaselessDriver extends FilteringDriver {
  protected override matches(owner: Owner, subtree: Subtree): boolean {
    return parts.every(
      (part) => subtree[part] === '' || subtree[part].toLowerCase() === owner[part].toLowerCase(),
    )
  }
}

/** Leaves the slots of the session itself, of the user and of the tenant. */
class RunsOnlyDriver extends FilteringDriver {
  protected override matches(owner: Owner, subtree: Subtree): boolean {
    return (
      owner.runId !== '' &&
      parts.every((part) => subtree[part] === '' || subtree[part] === owner[part])
    )
  }
}

/** Answers that every batch is the last one. */
class FirstBatchDriver extends DelegatingDriver {
  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return { ...(await super.deleteBatch(batch)), last: undefined }
  }
}

/** Counts what it finds and then deletes it, in two steps. */
class CountThenDeleteDriver extends DelegatingDriver {
  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    const count = await this.records.countAll(batch.subtree)
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

/** Ignores the options. */
class SilentStore extends StateStore {
  override deleteAll(subtree: Subtree): Promise<DeleteAllResult> {
    return super.deleteAll(subtree)
  }
}

/** Goes on when the progress cannot be reported. */
class DetachedStore extends StateStore {
  override deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult> {
    const { onProgress } = options ?? {}
    if (onProgress === undefined) return super.deleteAll(subtree, options)
    return super.deleteAll(subtree, {
      ...options,
      onProgress: async (progress) => {
        await Promise.resolve(onProgress(progress)).catch(() => {})
      },
    })
  }
}

/** Takes anything with a session for a subtree. */
class CredulousStore extends StateStore {
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
  brokenDriver('S15', 'empties the session of a run', WholeSessionDriver),
  brokenDriver('S15', 'empties the tenant of a user', WholeTenantDriver),
  brokenDriver('S15', 'compares the names of subtrees without case', CaselessDriver),
  brokenDriver('S15', 'empties runs only', RunsOnlyDriver),
  brokenDriver('S15', 'stops after the first batch', FirstBatchDriver),
  brokenDriver('S15', 'counts before it deletes a batch', CountThenDeleteDriver),
  brokenDriver('S15', 'does not count what is saved meanwhile', NothingLeftDriver),
  brokenStore('S15', 'ignores the options of deleteAll', SilentStore),
  brokenStore('S15', 'goes on when its progress fails', DetachedStore),
  brokenStore('S15', 'takes an identity for a subtree', CredulousStore),
]
