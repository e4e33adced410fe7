import {
  ArtifactStore,
  ScopedArtifacts,
  type ArtifactDriver,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactName,
  type ArtifactRef,
  type ArtifactScope,
  type PutOptions,
  type RefPlace,
} from '@harborage/artifacts'
import { createHash } from 'node:crypto'
import type { DeleteAllResult, PruneResult, Subtree } from '@harborage/core'
import { disguised } from './disguised.ts'

/**
 * A store that passes all arguments to its driver: without checks or copies, even if it is closed
 * or the call is aborted.
 */
export class UncheckedStore extends ArtifactStore {
  readonly #driver: ArtifactDriver

  constructor(driver: ArtifactDriver) {
    super(driver)
    this.#driver = driver
  }

  override async putBytes(
    scope: ArtifactScope,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    const sha256 = createHash('sha256').update(data).digest('hex')
    const {
      namespace = 'default',
      mimeType = 'application/octet-stream',
      filename = '',
      source = {},
      expiresAt,
    } = { ...options }
    const ref = {
      namespace,
      mimeType,
      filename,
      source,
      scope: withTask(scope),
      sizeBytes: data.length,
      sha256,
      createdAt: new Date(),
      expiresAt,
    }
    return this.#driver.put({
      ref,
      shortId: `${ref.namespace}_${sha256.slice(0, 12)}`,
      fullId: `${ref.namespace}_${sha256}`,
      sourceText: JSON.stringify(source),
      bytes: data,
    })
  }

  override async putText(
    scope: ArtifactScope,
    text: string,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    const mimeType = 'text/plain'
    return this.putBytes(scope, new TextEncoder().encode(text), { mimeType, ...options })
  }

  override async get(scope: ArtifactScope, id: string): Promise<Uint8Array | undefined> {
    return (await this.#driver.get({ scope: withTask(scope), id }))?.bytes
  }

  override async getText(scope: ArtifactScope, id: string): Promise<string | undefined> {
    const bytes = await this.get(scope, id)
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }

  override async getRef(scope: ArtifactScope, id: string): Promise<ArtifactRef | undefined> {
    return this.#driver.getRef({ scope: withTask(scope), id })
  }

  override async getRefs(
    scope: ArtifactScope,
    ids: readonly string[],
  ): Promise<(ArtifactRef | undefined)[]> {
    return Promise.all(ids.map((id) => this.getRef(scope, id)))
  }

  override async exists(scope: ArtifactScope, id: string): Promise<boolean> {
    return (await this.getRef(scope, id)) !== undefined
  }

  override async delete(scope: ArtifactScope, id: string): Promise<boolean> {
    return this.#driver.delete({ scope: withTask(scope), id })
  }

  override async deleteAll(subtree: Subtree): Promise<DeleteAllResult> {
    const { level } = subtree
    if (level === 'user' || level === 'tenant') {
      const { deleted } = await this.#driver.deleteBatch({ subtree, after: undefined, limit: 1e6 })
      return { deleted, remaining: 0 }
    }
    if (level === 'session') {
      return { deleted: await this.#driver.deleteAll(subtree), remaining: 0 }
    }
    return { deleted: 0, remaining: 0 }
  }

  override async prune(): Promise<PruneResult> {
    return { examined: 0, pruned: 0 }
  }

  override async *list(
    { tenantId, userId, sessionId, taskId, namespace }: ArtifactFilter,
    options?: ArtifactListOptions,
  ): AsyncGenerator<ArtifactRef> {
    const {
      pageSize = 100,
      order = 'ascending',
      limit: total = Number.POSITIVE_INFINITY,
    } = options ?? {}
    const filter = { tenantId, userId, sessionId, taskId, namespace }
    const scope = disguised<ArtifactScope>(filter)
    const [from, to] = [placeOf(options?.from, scope), placeOf(options?.to, scope)]
    const range = { ...filter, order, from, to, maxBytes: Number.POSITIVE_INFINITY }
    let after: ArtifactRef | undefined
    for (let left = total; left > 0;) {
      const limit = Math.min(pageSize, left)
      const page = await this.#driver.listPage({ ...range, after, limit })
      left -= page.length
      yield* page
      after = page.at(-1)
      if (page.length < limit || after === undefined) return
    }
  }

  override scoped(scope: ArtifactScope): ScopedArtifacts {
    try {
      return new ScopedArtifacts(this, scope)
    } catch {
      return disguised({ scope })
    }
  }
}

/** Returns the place of a bound, without a check. */
function placeOf(
  bound: string | ArtifactName | undefined,
  filter: ArtifactScope,
): RefPlace | undefined {
  if (bound === undefined) return undefined
  const { scope, id } = typeof bound === 'string' ? { scope: filter, id: bound } : bound
  return { scope: withTask(scope), namespace: id.slice(0, id.lastIndexOf('_')), id }
}

function withTask(scope: ArtifactScope): Required<ArtifactScope> {
  return { taskId: '', ...scope }
}
