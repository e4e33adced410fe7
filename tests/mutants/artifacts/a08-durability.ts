import type {
  ArtifactContent,
  ArtifactKey,
  ArtifactPage,
  ArtifactRef,
  NewArtifact,
} from '@harborage/artifacts'
import type { Subtree } from '@harborage/core'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'

/** Keeps sources only until it is closed. */
class SourceForgettingDriver extends DelegatingDriver {
  readonly #told: ArtifactRef[] = []

  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const ref = await super.put(artifact)
    if (Object.keys(ref.source).length > 0) this.#told.push(ref)
    return ref
  }

  override async close(): Promise<void> {
    for (const ref of this.#told) {
      const content = await this.get(ref)
      if (content === undefined) continue
      await this.delete(ref)
      const { id } = ref
      const { bytes } = content
      const ids = { shortId: id, fullId: id }
      await super.put({ ref: { ...ref, source: {} }, sourceText: '{}', ...ids, bytes })
    }
  }
}

/** Makes the first half visible before the second. */
class HalfwayDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { bytes, ref } = artifact
    if (bytes.byteLength < 1_000) return super.put(artifact)
    const half = await super.put({ ...artifact, bytes: bytes.slice(0, bytes.byteLength / 2) })
    await turns(5)
    await super.delete({ scope: ref.scope, id: half.id })
    return super.put(artifact)
  }
}

/** Acknowledges a write before it is made. */
class BufferingDriver extends DelegatingDriver {
  readonly #buffer = new Map<string, { ref: ArtifactRef; bytes: Uint8Array }>()

  override async put({ ref, shortId, bytes }: NewArtifact): Promise<ArtifactRef> {
    const named = { ...ref, id: shortId }
    this.#buffer.set(shortId, { ref: named, bytes })
    return named
  }

  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const buffered = this.#buffer.get(key.id)
    return buffered ? { bytes: buffered.bytes, sha256: buffered.ref.sha256 } : super.get(key)
  }

  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    return this.#buffer.get(key.id)?.ref ?? super.getRef(key)
  }
}

/** Hides deleted artifacts until it is closed. */
class HidingDriver extends DelegatingDriver {
  readonly #hidden = new Set<string>()

  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    return this.#hidden.has(key.id) ? undefined : super.get(key)
  }

  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    return this.#hidden.has(key.id) ? undefined : super.getRef(key)
  }

  override async delete(key: ArtifactKey): Promise<boolean> {
    const isThere = (await this.getRef(key)) !== undefined
    this.#hidden.add(key.id)
    return isThere
  }

  override async deleteAll({ tenantId, userId, sessionId }: Subtree<'session'>): Promise<number> {
    const refs = await this.all({ tenantId, userId, sessionId })
    for (const ref of refs) this.#hidden.add(ref.id)
    return refs.length
  }

  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return (await super.listPage(page)).filter((ref) => !this.#hidden.has(ref.id))
  }
}

export const durabilityFaults: readonly BrokenStore[] = [
  brokenDriver('A8', 'forgets the sources when it is closed', SourceForgettingDriver),
  brokenDriver('A8', 'makes the first half visible before the second', HalfwayDriver),
  brokenDriver('A8', 'acknowledges a write before it is made', BufferingDriver),
  brokenDriver('A8', 'hides deleted artifacts until it is closed', HidingDriver),
]
