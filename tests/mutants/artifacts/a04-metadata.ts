import { basename } from 'node:path'
import type { ArtifactRef, NewArtifact } from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { AlteringDriver, DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Copies a source property by property, which makes `__proto__` something else. */
class CopyingDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    return { ...ref, source: Object.assign({}, ref.source) }
  }
}

/** Notes in the source that it was here. */
class NotingDriver extends AlteringDriver {
  protected override alter(ref: ArtifactRef): ArtifactRef {
    return { ...ref, source: { ...ref.source, storedBy: 'noting driver' } }
  }
}

/** Makes a name for a file out of what is said. */
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
  brokenDriver('A4', 'notes in the source that it was here', NotingDriver),
  brokenDriver('A4', 'tidies file names and types', TidyDriver),
  brokenDriver('A4', 'measures in characters', CharacterDriver),
  brokenStore('A4', 'takes any metadata as it comes', UncheckedStore),
]
