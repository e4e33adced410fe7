import type { Identity } from '@harborage/core'
import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  NewArtifact,
} from './artifact-driver.ts'
import type { ArtifactRef } from './artifact.ts'
import { compareRefs } from './compare-refs.ts'

type Filter = Omit<ArtifactPage, 'after' | 'limit'>

interface Held {
  readonly ref: ArtifactRef
  readonly bytes: Uint8Array
}

/**
 * Keeps the artifacts of one process in memory, without durability: the default driver, and the model that every other
 * driver is checked against.
 */
export class InMemoryArtifactDriver implements ArtifactDriver {
  readonly #artifacts = new Map<string, Held>()

  async put({ ref, shortId, fullId, bytes }: NewArtifact): Promise<ArtifactRef> {
    const taken = this.#find({ scope: ref.scope, id: shortId })
    if (taken?.ref.sha256 === ref.sha256) return copyRef(taken.ref)
    const stored = this.#find({ scope: ref.scope, id: fullId })
    if (stored !== undefined) return copyRef(stored.ref)
    const named = { ...ref, id: taken === undefined ? shortId : fullId }
    this.#artifacts.set(mapKey({ scope: ref.scope, id: named.id }), { ref: named, bytes })
    return copyRef(named)
  }

  async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const held = this.#find(key)
    if (held === undefined) return undefined
    return { bytes: new Uint8Array(held.bytes), sha256: held.ref.sha256 }
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const held = this.#find(key)
    return held === undefined ? undefined : copyRef(held.ref)
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    return this.#artifacts.delete(mapKey(key))
  }

  async deleteScope(identity: Identity): Promise<number> {
    const session = { ...identity, taskId: undefined, namespace: undefined }
    const keys = [...this.#artifacts]
      .filter(([, { ref }]) => matches(ref, session))
      .map(([key]) => key)
    for (const key of keys) this.#artifacts.delete(key)
    return keys.length
  }

  async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { after, limit } = page
    return [...this.#artifacts.values()]
      .map(({ ref }) => ref)
      .filter((ref) => matches(ref, page) && (after === undefined || compareRefs(ref, after) > 0))
      .sort(compareRefs)
      .slice(0, limit)
      .map(copyRef)
  }

  async close(): Promise<void> {
    this.#artifacts.clear()
  }

  #find(key: ArtifactKey): Held | undefined {
    return this.#artifacts.get(mapKey(key))
  }
}

function mapKey({ scope, id }: ArtifactKey): string {
  return JSON.stringify([scope.tenantId, scope.userId, scope.sessionId, scope.taskId, id])
}

function matches({ scope, namespace }: ArtifactRef, filter: Filter): boolean {
  return (
    equals(filter.tenantId, scope.tenantId) &&
    equals(filter.userId, scope.userId) &&
    equals(filter.sessionId, scope.sessionId) &&
    equals(filter.taskId, scope.taskId) &&
    equals(filter.namespace, namespace)
  )
}

function equals(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value
}

function copyRef(ref: ArtifactRef): ArtifactRef {
  return {
    ...ref,
    scope: { ...ref.scope },
    source: structuredClone(ref.source),
    createdAt: new Date(ref.createdAt),
  }
}
