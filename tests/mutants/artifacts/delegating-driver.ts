import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  ArtifactRef,
  DeleteBatch,
  DeletedBatch,
  FoundArtifact,
  InMemoryArtifactDriver,
  NewArtifact,
  Visibility,
} from '@harborage/artifacts'
import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage } from '@harborage/core/kit'

/** A driver that delegates all calls, to be broken in one method. */
export class DelegatingDriver implements ArtifactDriver {
  protected readonly artifacts: InMemoryArtifactDriver

  constructor(artifacts: InMemoryArtifactDriver) {
    this.artifacts = artifacts
  }

  put(artifact: NewArtifact): Promise<ArtifactRef> {
    return this.artifacts.put(artifact)
  }

  get(key: ArtifactKey, visibility?: Visibility): Promise<ArtifactContent | undefined> {
    return this.artifacts.get(key, visibility)
  }

  getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    return this.artifacts.getRef(key)
  }

  /** Reads each ref with `getRef`, so that a fault of that method shows here, too. */
  getRefs(
    scope: ArtifactKey['scope'],
    ids: readonly string[],
    visibility?: Visibility,
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    if (visibility === 'all') return this.artifacts.getRefs(scope, ids, visibility)
    return Promise.all(ids.map((id) => this.getRef({ scope, id })))
  }

  delete(key: ArtifactKey): Promise<boolean> {
    return this.artifacts.delete(key)
  }

  deleteAll(subtree: Subtree<'session'>): Promise<number> {
    return this.artifacts.deleteAll(subtree)
  }

  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return this.artifacts.deleteBatch(batch)
  }

  prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    return this.artifacts.prune(artifacts)
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.artifacts.countAll(subtree)
  }

  listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return this.artifacts.listPage(page)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.artifacts.directoryPage(page)
  }

  now(): Promise<Date> {
    return this.artifacts.now()
  }

  close(): Promise<void> {
    return this.artifacts.close()
  }

  /** Resolves to every ref that matches, in one page. */
  protected all(
    filter: Partial<Omit<ArtifactPage, 'after' | 'limit' | 'maxBytes'>> = {},
  ): Promise<readonly ArtifactRef[]> {
    return this.artifacts.listPage({
      tenantId: undefined,
      userId: undefined,
      sessionId: undefined,
      taskId: undefined,
      namespace: undefined,
      order: 'ascending',
      from: undefined,
      to: undefined,
      ...filter,
      after: undefined,
      limit: 1_000_000,
      maxBytes: Number.POSITIVE_INFINITY,
    })
  }
}

/** A driver that changes every ref that it returns. */
export abstract class AlteringDriver extends DelegatingDriver {
  protected abstract alter(ref: ArtifactRef): ArtifactRef

  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    return this.alter(await super.put(artifact))
  }

  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const ref = await super.getRef(key)
    return ref === undefined ? undefined : this.alter(ref)
  }

  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return (await super.listPage(page)).map((ref) => this.alter(ref))
  }
}
