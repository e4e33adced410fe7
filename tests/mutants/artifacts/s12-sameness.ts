import type { ArtifactKey, ArtifactPage, ArtifactRef } from '@harborage/artifacts'
import { HarborageError } from '@harborage/core'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Overlooks a part of the filter, but only beside just these others. */
class OverlookingDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { tenantId, userId, sessionId, taskId } = page
    const isOverlooked =
      tenantId !== undefined &&
      userId !== undefined &&
      sessionId === undefined &&
      taskId === undefined
    return super.listPage(isOverlooked ? { ...page, namespace: undefined } : page)
  }
}

/** Has a word of its own for what is not there. */
class OtherCodeDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    if (await super.delete(key)) return true
    throw new HarborageError('not_found', 'there is no such artifact')
  }
}

/** Loses what is empty when it is closed. */
class TidyingDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const ref of await this.all()) if (ref.sizeBytes === 0) await this.delete(ref)
  }
}

export const samenessFaults: readonly BrokenStore[] = [
  brokenDriver('S12', 'overlooks the namespace of some filters', OverlookingDriver),
  brokenDriver('S12', 'answers with a code of its own', OtherCodeDriver),
  brokenDriver('S12', 'loses what is empty when it is closed', TidyingDriver),
]
