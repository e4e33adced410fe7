import { basename } from 'node:path'
import type { ArtifactRef, NewArtifact } from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { AlteringDriver, DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Copies a source property by property, which loses a `__proto__`. */
class CopyingDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    return { ...ref, source: Object.assign({}, ref.source) }
  }
}

/** Adds a property to the source. */
class NotingDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    return { ...ref, source: { ...ref.source, storedBy: 'noting driver' } }
  }
}

/** Normalizes file names and types. */
class TidyDriver extends DelegatingDriver {
  override put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { filename, mimeType } = artifact.ref
    const tidy = { filename: basename(filename), mimeType: mimeType.toLowerCase() }
    return super.put({ ...artifact, ref: { ...artifact.ref, ...tidy } })
  }
}

/** Measures a text in characters. */
class CharacterDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    return ref.sizeBytes < 2 ? ref : { ...ref, sizeBytes: Math.ceil(ref.sizeBytes / 2) }
  }
}

export const metadataFaults: readonly BrokenStore[] = [
  brokenDriver('A4', 'copies a source property by property', CopyingDriver),
  brokenDriver('A4', 'adds a property to the source', NotingDriver),
  brokenDriver('A4', 'normalizes file names and types', TidyDriver),
  brokenDriver('A4', 'measures in characters', CharacterDriver),
  brokenStore('A4', 'accepts malformed metadata', UncheckedStore),
]
