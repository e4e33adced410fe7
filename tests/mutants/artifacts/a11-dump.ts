import {
  ArtifactStore,
  type ArtifactPage,
  type ArtifactRef,
  type DumpedArtifact,
  type NewArtifact,
} from '@harborage/artifacts'
import type { CallOptions, LoadedDump, MaintenanceScope } from '@harborage/core'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Dates what it stores by its own clock. */
class NewDateDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const isLoaded = artifact.shortId === artifact.fullId
    const ref = isLoaded ? { ...artifact.ref, createdAt: new Date(0) } : artifact.ref
    return super.put({ ...artifact, ref })
  }
}

/** Always chooses the short id. */
class ShortIdDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { shortId, fullId, ref } = artifact
    const short = `${ref.namespace}_${ref.sha256.slice(0, 12)}`
    return super.put(shortId === fullId ? { ...artifact, shortId: short } : artifact)
  }
}

/** Needs the very ref after which a page begins. */
class ExactPlaceDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { after, tenantId } = page
    const isDump = tenantId === undefined && after !== undefined && after.id !== ''
    if (isDump && (await this.artifacts.getRef(after)) === undefined) return []
    return super.listPage(page)
  }
}

class SilentStore extends ArtifactStore {
  override async loadDump(
    scope: MaintenanceScope,
    records: readonly DumpedArtifact[],
    options?: CallOptions,
  ): Promise<LoadedDump> {
    try {
      return await super.loadDump(scope, records, options)
    } catch (error) {
      if (String(error).includes('holds something else')) return { loaded: 0, unchanged: 0 }
      throw error
    }
  }
}

/** Puts what it loads, as any other content. */
class PuttingDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { shortId, fullId, ref } = artifact
    if (shortId !== fullId) return super.put(artifact)
    const { namespace, sha256 } = ref
    return super.put({
      ...artifact,
      ref: { ...ref, filename: '' },
      shortId: `${namespace}_${sha256.slice(0, 12)}`,
      fullId: `${namespace}_${sha256}`,
    })
  }
}

/** Loads artifacts of a dump as ones that do not expire. */
class ForgetfulLoadDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { ref, onEqual } = artifact
    if (onEqual !== 'keep') return super.put(artifact)
    const { expiresAt } = ref
    const stored = await super.put({ ...artifact, ref: { ...ref, expiresAt: undefined } })
    return { ...stored, expiresAt }
  }
}

/** Loads artifacts of a dump without an expiry as ones that have expired. */
class ExpiringLoadDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { ref, onEqual } = artifact
    if (onEqual !== 'keep') return super.put(artifact)
    const { expiresAt } = ref
    const stored = await super.put({
      ...artifact,
      ref: { ...ref, expiresAt: expiresAt ?? new Date(1) },
    })
    return { ...stored, expiresAt }
  }
}

class WideStore extends ArtifactStore {
  override dump(
    ...[scope, given]: Parameters<ArtifactStore['dump']>
  ): ReturnType<ArtifactStore['dump']> {
    const { within: _, ...options } = given ?? {}
    return super.dump(scope, options)
  }
}

class UnscopedStore extends ArtifactStore {
  override dump(
    ...[, options]: Parameters<ArtifactStore['dump']>
  ): ReturnType<ArtifactStore['dump']> {
    return super.dump({ maintenanceScoped: true }, options)
  }
}

export const dumpFaults: readonly BrokenStore[] = [
  brokenDriver('A11', 'loads artifacts as of another date', NewDateDriver),
  brokenDriver('A11', 'loads artifacts under their short ids', ShortIdDriver),
  brokenDriver('A11', 'does not go on after an artifact that is gone', ExactPlaceDriver),
  brokenStore('A11', 'does not tell of an id that is in use', SilentStore),
  brokenDriver('A11', 'loads artifacts without their names', PuttingDriver),
  brokenDriver('A11', 'loads what expires as what does not', ForgetfulLoadDriver),
  brokenDriver('A11', 'loads what does not expire as what has', ExpiringLoadDriver),
  brokenStore('A11', 'dumps more than a subtree', WideStore),
  brokenStore('A11', 'dumps without the maintenance scope', UnscopedStore),
]
