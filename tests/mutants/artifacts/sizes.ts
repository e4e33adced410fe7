import type {
  ArtifactContent,
  ArtifactKey,
  ArtifactPage,
  ArtifactRef,
  DeleteBatch,
  DeletedBatch,
  NewArtifact,
} from '@harborage/artifacts'
import type { Subtree } from '@harborage/core'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Returns at most 250 refs in a page. */
class ShortPagesDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, limit: Math.min(page.limit, 250) })
  }
}

/** Answers that every batch is the last one. */
class FirstBatchDriver extends DelegatingDriver {
  override async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return { ...(await super.deleteBatch(batch)), last: undefined }
  }
}

class BatchOfDeletionsDriver extends DelegatingDriver {
  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    const { tenantId, userId, sessionId } = subtree
    const refs = await this.all({ tenantId, userId, sessionId })
    if (refs.length <= 200) return super.deleteAll(subtree)
    for (const ref of refs.slice(0, 200)) await super.delete(ref)
    return 200
  }
}

/** A column that holds a byte less than 16 MiB. */
class MediumColumnDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    return super.put({ ...artifact, bytes: artifact.bytes.slice(0, 2 ** 24 - 1) })
  }
}

/** An index whose entries have at most 1,000 bytes. */
class ShortKeysDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { scope, namespace } = artifact.ref
    const { tenantId, userId, sessionId, taskId } = scope
    if (Buffer.byteLength([tenantId, userId, sessionId, taskId, namespace].join('')) <= 1_000) {
      return super.put(artifact)
    }
    const cut = { ...scope, taskId: taskId.slice(0, 20) }
    return super.put({ ...artifact, ref: { ...artifact.ref, scope: cut } })
  }
}

/** Caches what it has read, and ignores the deletes of other stores. */
class CachingDriver extends DelegatingDriver {
  readonly #refs = new Map<string, ArtifactRef>()
  readonly #contents = new Map<string, ArtifactContent>()

  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const cached = this.#contents.get(JSON.stringify(key)) ?? (await super.get(key))
    if (cached === undefined) return undefined
    this.#contents.set(JSON.stringify(key), cached)
    return { ...cached, bytes: new Uint8Array(cached.bytes) }
  }

  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const cached = this.#refs.get(JSON.stringify(key)) ?? (await super.getRef(key))
    if (cached === undefined) return undefined
    this.#refs.set(JSON.stringify(key), cached)
    return { ...structuredClone(cached), createdAt: new Date(cached.createdAt) }
  }

  override delete(key: ArtifactKey): Promise<boolean> {
    this.#forget()
    return super.delete(key)
  }

  override deleteAll(subtree: Subtree<'session'>): Promise<number> {
    this.#forget()
    return super.deleteAll(subtree)
  }

  #forget(): void {
    this.#refs.clear()
    this.#contents.clear()
  }
}

/** Faults that only large inputs or several stores reveal. */
export const largeFaults: readonly BrokenStore[] = [
  brokenDriver('A1', 'truncates keys of more than 1,000 bytes', ShortKeysDriver),
  brokenDriver('A6', 'returns at most 250 refs in a page', ShortPagesDriver),
  brokenDriver('A6', 'stops after the first batch of a deletion', FirstBatchDriver),
  brokenDriver('S7', 'stores less than 16 MiB', MediumColumnDriver),
  brokenDriver('S8', 'deletes at most 200 artifacts of a session', BatchOfDeletionsDriver),
  brokenDriver('S8', 'caches artifacts that another store deletes', CachingDriver),
]
