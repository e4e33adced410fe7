import {
  ArtifactStore,
  type ArtifactContent,
  type ArtifactKey,
  type ArtifactScope,
  type GetOptions,
  type Visibility,
} from '@harborage/artifacts'
import { createHash } from 'node:crypto'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** A driver that changes the content that it returns. */
abstract class ContentDriver extends DelegatingDriver {
  protected abstract alter(content: ArtifactContent): ArtifactContent

  override async get(
    key: ArtifactKey,
    visibility?: Visibility,
  ): Promise<ArtifactContent | undefined> {
    const content = await super.get(key, visibility)
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

/** Returns the checksum of other bytes. */
class ConfusingDriver extends ContentDriver {
  protected override alter(content: ArtifactContent): ArtifactContent {
    return { ...content, checksum: '0'.repeat(15).concat('1') }
  }
}

/** Drops the option `verify`, of any value. */
class IndifferentStore extends ArtifactStore {
  override get(scope: ArtifactScope, id: string, options?: GetOptions) {
    const { verify: _, ...others } = options ?? {}
    return super.get(scope, id, others)
  }
}

/** Compares no digest where it is asked to. */
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
  brokenDriver('A10', 'returns the checksum of other bytes', ConfusingDriver),
  brokenStore('A10', 'never compares the digest', InattentiveStore),
  brokenStore('A10', 'takes any verify', IndifferentStore),
]
