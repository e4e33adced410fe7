import type { ArtifactKey, ArtifactPage, ArtifactRef } from '@harborage/artifacts'
import { HarborageError } from '@harborage/core'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Ignores a part of the filter in one combination with the others. */
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

/** Uses another error code for a missing artifact. */
class OtherCodeDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    if (await super.delete(key)) return true
    throw new HarborageError('not_found', 'there is no such artifact')
  }
}

/** Loses empty artifacts when it is closed. */
class TidyingDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const ref of await this.all()) if (ref.sizeBytes === 0) await this.delete(ref)
  }
}

export const samenessFaults: readonly BrokenStore[] = [
  brokenDriver('S12', 'ignores the namespace of some filters', OverlookingDriver),
  brokenDriver('S12', 'uses another error code', OtherCodeDriver),
  brokenDriver('S12', 'loses empty artifacts when it is closed', TidyingDriver),
]
