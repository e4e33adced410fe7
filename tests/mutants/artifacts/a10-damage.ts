import {
  ArtifactStore,
  type ArtifactContent,
  type ArtifactKey,
  type ArtifactScope,
  type GetOptions,
} from '@harborage/artifacts'
import { createHash } from 'node:crypto'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** A driver that changes the content that it returns. */
abstract class ContentDriver extends DelegatingDriver {
  protected abstract alter(content: ArtifactContent): ArtifactContent

  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const content = await super.get(key)
    return content === undefined ? undefined : this.alter(content)
  }
}

class MeasuringDriver extends ContentDriver {
  protected override alter(content: ArtifactContent): ArtifactContent {
    return { ...content, sizeBytes: content.bytes.byteLength }
  }
}

class ForgetfulDriver extends ContentDriver {
  protected override alter({ checksum: _, ...content }: ArtifactContent): ArtifactContent {
    return content
  }
}

class HashingDriver extends ContentDriver {
  protected override alter({ bytes, sizeBytes }: ArtifactContent): ArtifactContent {
    return { bytes, sizeBytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
}

/** Drops the option `verify`. */
class InattentiveStore extends ArtifactStore {
  override get(scope: ArtifactScope, id: string, options?: GetOptions) {
    return super.get(scope, id, withoutVerify(options))
  }

  override getText(scope: ArtifactScope, id: string, options?: GetOptions) {
    return super.getText(scope, id, withoutVerify(options))
  }
}

function withoutVerify(options: GetOptions | undefined): GetOptions | undefined {
  if (options === undefined || options.verify !== 'digest') return options
  const { verify: _, ...others } = options
  return others
}

export const damageFaults: readonly BrokenStore[] = [
  brokenDriver('A10', 'returns the size of what it reads', MeasuringDriver),
  brokenDriver('A10', 'forgets the checksums', ForgetfulDriver),
  brokenDriver('A10', 'returns the digest of what it reads', HashingDriver),
  brokenStore('A10', 'never compares the digest', InattentiveStore),
]
