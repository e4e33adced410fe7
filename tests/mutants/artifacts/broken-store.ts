import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import {
  ArtifactStore,
  InMemoryArtifactDriver,
  type ArtifactContent,
  type ArtifactDriver,
  type ArtifactKey,
  type ArtifactStoreOptions,
  type Visibility,
} from '@harborage/artifacts'
import type { ArtifactHarness } from '@harborage/conformance/artifacts'

export type GuaranteeId = `A${number}` | `S${number}`

/** A store with a deliberate fault, which the suite has to find. */
export interface BrokenStore {
  /** The guarantee that it breaks. */
  readonly guarantee: GuaranteeId
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on artifacts that outlive it; called for each store of a case. */
  readonly open: (artifacts: InMemoryArtifactDriver, options: ArtifactStoreOptions) => ArtifactStore
}

/** Returns a store that is broken by its driver. */
export function brokenDriver(
  guarantee: GuaranteeId,
  fault: string,
  Driver: new (artifacts: InMemoryArtifactDriver) => ArtifactDriver,
): BrokenStore {
  return {
    guarantee,
    fault,
    open: (artifacts, options) => new ArtifactStore(new Driver(artifacts), options),
  }
}

/** Returns a store that is broken in its public class. */
export function brokenStore(
  guarantee: GuaranteeId,
  fault: string,
  Store: new (driver: ArtifactDriver, options?: ArtifactStoreOptions) => ArtifactStore,
): BrokenStore {
  return { guarantee, fault, open: (artifacts, options) => new Store(artifacts, options) }
}

/** Keeps its artifacts when a store is closed, so it counts as durable. */
export class LastingDriver extends InMemoryArtifactDriver {
  readonly #damage = new Map<string, (content: ArtifactContent) => ArtifactContent>()

  /** Damages the artifact from now on, until it is deleted. */
  damage(key: ArtifactKey, change: (content: ArtifactContent) => ArtifactContent): void {
    this.#damage.set(nameOf(key), change)
  }

  override async get(
    key: ArtifactKey,
    visibility?: Visibility,
  ): Promise<ArtifactContent | undefined> {
    const content = await super.get(key, visibility)
    const change = this.#damage.get(nameOf(key))
    return content === undefined || change === undefined ? content : change(content)
  }

  override async delete(key: ArtifactKey): Promise<boolean> {
    this.#damage.delete(nameOf(key))
    return super.delete(key)
  }

  override async close(): Promise<void> {}
}

function nameOf({ scope, id }: ArtifactKey): string {
  return JSON.stringify([...Object.values(scope), id])
}

/** Flips a bit of the first character of a text. */
function flippedText(text: string, bit: number): string {
  return String.fromCharCode(text.charCodeAt(0) ^ (1 << bit)) + text.slice(1)
}

/** Returns the harness of a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): ArtifactHarness {
  const artifacts = new LastingDriver()
  return {
    open: async (limits = {}) => open(artifacts, limits),
    durable: true,
    callMs: CALL_MS_OF_VARIANT,
    histories: { runs: 50, seed: 20_240_229 },
    damage: {
      bytes: async (ref, bit) =>
        artifacts.damage(ref, (content) => {
          const bytes = new Uint8Array(content.bytes)
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
          return { ...content, bytes }
        }),
      size: async (ref, bit) =>
        artifacts.damage(ref, (content) => ({
          ...content,
          sizeBytes: (content.sizeBytes ?? content.bytes.byteLength) ^ (1 << bit),
        })),
      checksum: async (ref, bit) =>
        artifacts.damage(ref, (content) => ({
          ...content,
          checksum: flippedText(content.checksum ?? '', bit),
        })),
      digest: async (ref, bit) =>
        artifacts.damage(ref, (content) => ({
          ...content,
          sha256: flippedText(content.sha256, bit),
        })),
    },
  }
}
