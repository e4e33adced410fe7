import type {
  ArtifactContent,
  ArtifactKey,
  ArtifactRef,
  InMemoryArtifactDriver,
  NewArtifact,
} from '@harborage/artifacts'
import { createHash } from 'node:crypto'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

/** Uses the short id whenever it is free, even for content that is already stored. */
class FreshShortIdDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { scope } = artifact.ref
    const isFree = (await this.getRef({ scope, id: artifact.shortId })) === undefined
    if (isFree) await this.delete({ scope, id: artifact.fullId })
    return super.put(artifact)
  }
}

/** Treats contents with the same short id as equal. */
class TrustingDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const taken = await this.getRef({ scope: artifact.ref.scope, id: artifact.shortId })
    return taken ?? super.put(artifact)
  }
}

class OverwritingDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const key = { scope: artifact.ref.scope, id: artifact.shortId }
    const taken = await this.getRef(key)
    if (taken !== undefined && taken.sha256 !== artifact.ref.sha256) await this.delete(key)
    return super.put(artifact)
  }
}

class LongIdDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    return super.put({ ...artifact, shortId: artifact.fullId })
  }
}

/** Uses other ids for texts. */
class TextIdDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const isText = artifact.ref.mimeType.startsWith('text/')
    return super.put(isText ? { ...artifact, shortId: artifact.fullId } : artifact)
  }
}

/** Splits an id at its first underscore. */
class SplittingDriver extends DelegatingDriver {
  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const ref = await super.getRef(key)
    return ref?.namespace === key.id.slice(0, key.id.indexOf('_')) ? ref : undefined
  }
}

/** Finds artifacts with a similar id. */
class LenientDriver extends DelegatingDriver {
  override getRef({ scope, id }: ArtifactKey): Promise<ArtifactRef | undefined> {
    return super.getRef({ scope, id: id.trim().toLowerCase() })
  }
}

/** Finds an empty artifact for any id. */
class InventingDriver extends DelegatingDriver {
  override async get(key: ArtifactKey): Promise<ArtifactContent> {
    const sha256 = createHash('sha256').digest('hex')
    return (await super.get(key)) ?? { bytes: new Uint8Array(), sha256 }
  }
}

/** Reads before it puts, without a transaction. */
class LookThenPutDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { ref, shortId, fullId } = artifact
    const taken = await this.getRef({ scope: ref.scope, id: shortId })
    await turns(1)
    const id = taken === undefined || taken.sha256 === ref.sha256 ? shortId : fullId
    await this.delete({ scope: ref.scope, id })
    return super.put({ ...artifact, shortId: id })
  }
}

const firstStores = new WeakMap<InMemoryArtifactDriver, DelegatingDriver>()

/** Handles colliding ids, but not those of another store. */
class LonelyDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const first = firstStores.get(this.artifacts) ?? this
    firstStores.set(this.artifacts, first)
    return super.put(first === this ? artifact : { ...artifact, shortId: artifact.fullId })
  }
}

export const idFaults: readonly BrokenStore[] = [
  brokenDriver('A2', 'moves content to the short id when that is free again', FreshShortIdDriver),
  brokenDriver('A2', 'treats contents with the same short id as equal', TrustingDriver),
  brokenDriver('A2', 'overwrites content with the same short id', OverwritingDriver),
  brokenDriver('A2', 'uses full ids only', LongIdDriver),
  brokenDriver('A2', 'uses other ids for texts', TextIdDriver),
  brokenDriver('A2', 'splits an id at its first underscore', SplittingDriver),
  brokenDriver('A2', 'finds artifacts with a similar id', LenientDriver),
  brokenDriver('A2', 'finds an empty artifact for any id', InventingDriver),
  brokenDriver('A2', 'reads before it puts, without a transaction', LookThenPutDriver),
  brokenDriver('A2', 'does not see what other stores have put', LonelyDriver),
  brokenStore('A2', 'checks no namespace', UncheckedStore),
]
