import {
  ArtifactStore,
  compareRefs,
  type ArtifactPage,
  type ArtifactRef,
  type ArtifactScope,
  type InMemoryArtifactDriver,
} from '@harborage/artifacts'
import type { Identity } from '@harborage/core'
import {
  carelessComparisons,
  someCarelessComparisons,
  type CompareNames,
} from '../careless-names.ts'
import type { BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'taskId'] as const

type AskedScope = { readonly [Part in keyof ArtifactScope]?: string | undefined }

/** A driver that compares names inexactly. */
abstract class CarelessDriver extends DelegatingDriver {
  readonly #isSame: CompareNames

  constructor(artifacts: InMemoryArtifactDriver, isSame: CompareNames) {
    super(artifacts)
    this.#isSame = isSame
  }

  /** Resolves to every ref that it matches with the scope, of which any part may be omitted. */
  protected async allOf(asked: AskedScope): Promise<ArtifactRef[]> {
    const all = await this.all()
    return all.filter(({ scope }) =>
      parts.every((part) => {
        const name = asked[part]
        return name === undefined || this.#isSame(scope[part] ?? '', name)
      }),
    )
  }
}

class CarelessDeletion extends CarelessDriver {
  override async deleteScope({ tenantId, userId, sessionId }: Identity): Promise<number> {
    const refs = await this.allOf({ tenantId, userId, sessionId })
    for (const ref of refs) await this.delete(ref)
    return refs.length
  }
}

class CarelessList extends CarelessDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { namespace, after, limit } = page
    return (await this.allOf(page))
      .filter((ref) => namespace === undefined || ref.namespace === namespace)
      .filter((ref) => after === undefined || compareRefs(ref, after) > 0)
      .slice(0, limit)
  }
}

export const carelessDeletions: readonly BrokenStore[] = carelessComparisons.map(
  ([fault, isSame]) => ({
    guarantee: 'S8',
    fault: `${fault} when it deletes a session`,
    open: (artifacts, options) =>
      new ArtifactStore(new CarelessDeletion(artifacts, isSame), options),
  }),
)

export const carelessLists: readonly BrokenStore[] = someCarelessComparisons.map(
  ([fault, isSame]) => ({
    guarantee: 'A6',
    fault: `${fault} when it lists`,
    open: (artifacts, options) => new ArtifactStore(new CarelessList(artifacts, isSame), options),
  }),
)
