import type {
  ArtifactKey,
  ArtifactRef,
  InMemoryArtifactDriver,
  NewArtifact,
} from '@harborage/artifacts'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'

const graves = new WeakMap<InMemoryArtifactDriver, Map<string, ArtifactRef>>()

/** Remembers the metadata of deleted artifacts. */
class RevivingDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const buried = this.#graves().get(graveOf({ scope: artifact.ref.scope, id: artifact.shortId }))
    if (buried?.sha256 !== artifact.ref.sha256) return super.put(artifact)
    const { createdAt } = artifact.ref
    return super.put({ ...artifact, ref: { ...buried, createdAt } })
  }

  override async delete(key: ArtifactKey): Promise<boolean> {
    const ref = await this.getRef(key)
    if (ref !== undefined) this.#graves().set(graveOf(key), ref)
    return super.delete(key)
  }

  #graves(): Map<string, ArtifactRef> {
    const known = graves.get(this.artifacts) ?? new Map<string, ArtifactRef>()
    graves.set(this.artifacts, known)
    return known
  }
}

function graveOf({ scope, id }: ArtifactKey): string {
  return JSON.stringify([Object.values(scope), id])
}

/** Takes the metadata of the last put. */
class LastWordDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    for (const id of [artifact.shortId, artifact.fullId]) {
      const ref = await this.getRef({ scope: artifact.ref.scope, id })
      if (ref?.sha256 === artifact.ref.sha256) await this.delete({ scope: ref.scope, id })
    }
    return super.put(artifact)
  }
}

/** Reads before it puts, without a transaction. */
class LookThenPutDriver extends LastWordDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const taken = await this.getRef({ scope: artifact.ref.scope, id: artifact.shortId })
    await turns(1)
    return taken ?? super.put(artifact)
  }
}

/** Treats contents of the same length as equal. */
class MeasuringDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { scope, namespace, sizeBytes } = artifact.ref
    const equal = (await this.all({ ...scope, namespace })).find(
      (ref) => ref.sizeBytes === sizeBytes,
    )
    return equal ?? super.put(artifact)
  }
}

/** Acknowledges concurrent puts without storing them. */
class BusyDriver extends DelegatingDriver {
  #isBusy = false

  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    if (this.#isBusy) return { ...artifact.ref, id: artifact.shortId }
    this.#isBusy = true
    await turns(1)
    this.#isBusy = false
    return super.put(artifact)
  }
}

/** Finds equal content in any namespace. */
class NamespaceBlindDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const equal = (await this.all(artifact.ref.scope)).find(
      (ref) => ref.sha256 === artifact.ref.sha256,
    )
    return equal ?? super.put(artifact)
  }
}

/** Takes the metadata of equal content from another scope. */
class WellInformedDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const elsewhere = (await this.all()).find((ref) => ref.sha256 === artifact.ref.sha256)
    const { filename = artifact.ref.filename } = elsewhere ?? {}
    return super.put({ ...artifact, ref: { ...artifact.ref, filename } })
  }
}

export const dedupFaults: readonly BrokenStore[] = [
  brokenDriver('A3', 'remembers the metadata of deleted content', RevivingDriver),
  brokenDriver('A3', 'takes the metadata of the last put', LastWordDriver),
  brokenDriver('A3', 'reads before it puts, without a transaction', LookThenPutDriver),
  brokenDriver('A3', 'treats contents of the same length as equal', MeasuringDriver),
  brokenDriver('A3', 'acknowledges concurrent puts without storing them', BusyDriver),
  brokenDriver('A3', 'finds equal content in any namespace', NamespaceBlindDriver),
  brokenDriver('A3', 'takes the metadata of equal content from another scope', WellInformedDriver),
]
