import {
  ArtifactStore,
  type ArtifactContent,
  type ArtifactKey,
  type ArtifactRef,
  type ArtifactScope,
  type InMemoryArtifactDriver,
  type PutOptions,
  type Visibility,
} from '@harborage/artifacts'
import { createHash } from 'node:crypto'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { AlteringDriver, DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

const contents = new WeakMap<InMemoryArtifactDriver, Map<string, ArtifactContent>>()

/** Returns the same bytes to all callers. */
class CachingDriver extends DelegatingDriver {
  override async get(
    key: ArtifactKey,
    visibility?: Visibility,
  ): Promise<ArtifactContent | undefined> {
    const content = await super.get(key, visibility)
    if (content === undefined) return undefined
    const cache = contents.get(this.artifacts) ?? new Map<string, ArtifactContent>()
    contents.set(this.artifacts, cache)
    const id = JSON.stringify([Object.values(key.scope), key.id])
    const cached = cache.get(id) ?? content
    cache.set(id, cached)
    return cached
  }
}

const refs = new WeakMap<InMemoryArtifactDriver, Map<string, ArtifactRef>>()

/** Returns the same ref to all callers. */
class SharedRefDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    const cache = refs.get(this.artifacts) ?? new Map<string, ArtifactRef>()
    refs.set(this.artifacts, cache)
    const key = JSON.stringify([Object.values(ref.scope), ref.id])
    const cached = cache.get(key) ?? ref
    cache.set(key, cached)
    return cached
  }
}

/** Pads the bytes that it returns, with a digest of the padded bytes. */
class PaddingDriver extends DelegatingDriver {
  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const content = await super.get(key)
    if (content === undefined) return undefined
    const bytes = Uint8Array.of(...content.bytes.subarray(0, 1_000), 0)
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
}

class PoolingDriver extends DelegatingDriver {
  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const content = await super.get(key)
    if (content === undefined) return undefined
    const pool = new Uint8Array(content.bytes.length + 16)
    pool.set(content.bytes, 8)
    return { ...content, bytes: pool.subarray(8, 8 + content.bytes.length) }
  }
}

/** Stores the whole buffer of a view. */
class WholeBufferStore extends ArtifactStore {
  override putBytes(
    scope: ArtifactScope,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    return super.putBytes(scope, new Uint8Array(data.buffer), options)
  }
}

/** Captures its arguments too late. */
class LateStore extends ArtifactStore {
  override async putBytes(
    scope: ArtifactScope,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    await turns(1)
    return super.putBytes(scope, data, options)
  }

  override async putText(
    scope: ArtifactScope,
    text: string,
    options?: PutOptions,
  ): Promise<ArtifactRef> {
    await turns(1)
    return super.putText(scope, text, options)
  }
}

/** Decodes invalid UTF-8. */
class LenientTextStore extends ArtifactStore {
  override async getText(
    ...[scope, id, options]: Parameters<ArtifactStore['getText']>
  ): Promise<string | undefined> {
    const bytes = await super.get(scope, id, options)
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }
}

export const bytesFaults: readonly BrokenStore[] = [
  brokenDriver('S7', 'returns the same bytes to all callers', CachingDriver),
  brokenDriver('S7', 'returns the same ref to all callers', SharedRefDriver),
  brokenDriver('S7', 'pads the bytes that it returns', PaddingDriver),
  brokenDriver('S7', 'returns views into a pool', PoolingDriver),
  brokenStore('S7', 'stores the whole buffer of a view', WholeBufferStore),
  brokenStore('S7', 'captures its arguments too late', LateStore),
  brokenStore('S7', 'decodes invalid UTF-8', LenientTextStore),
  brokenStore('S7', 'keeps the arrays of its callers', UncheckedStore),
]
