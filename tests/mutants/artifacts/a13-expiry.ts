import { setTimeout } from 'node:timers/promises'
import type {
  ArtifactContent,
  ArtifactKey,
  ArtifactPage,
  ArtifactRef,
  NewArtifact,
  Visibility,
} from '@harborage/artifacts'
import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage } from '@harborage/core/kit'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Longer than a put takes in memory. */
const LATE_MS = 2

/** A driver that is to be broken about what has expired. */
abstract class ExpiryDriver extends DelegatingDriver {
  /** Resolves to the ref of equal content, whether or not it has expired. */
  protected async equal({ ref, shortId, fullId }: NewArtifact): Promise<ArtifactRef | undefined> {
    const refs = await this.artifacts.getRefs(ref.scope, [shortId, fullId], 'all')
    return refs.find((each) => each?.sha256 === ref.sha256)
  }

  protected async hasExpired(ref: ArtifactRef | undefined): Promise<boolean> {
    const now = await this.artifacts.now()
    return ref?.expiresAt !== undefined && ref.expiresAt <= now
  }
}

/** Leaves the expiry with which content was first put. */
class LastingExpiryDriver extends ExpiryDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const stored = await this.equal(artifact)
    const isKept = stored !== undefined && !(await this.hasExpired(stored))
    return super.put(isKept ? { ...artifact, onEqual: 'keep' } : artifact)
  }
}

class ForgetfulDriver extends ExpiryDriver {
  override put({ ref, ...artifact }: NewArtifact): Promise<ArtifactRef> {
    return super.put({ ...artifact, ref: { ...ref, expiresAt: undefined } })
  }
}

/** Gives expired content its next expiry, and its old metadata. */
class RevivingDriver extends ExpiryDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const stored = await this.equal(artifact)
    if (stored === undefined || !(await this.hasExpired(stored))) return super.put(artifact)
    await this.artifacts.delete(stored)
    const { expiresAt } = artifact.ref
    return super.put({ ...artifact, ref: { ...stored, expiresAt } })
  }
}

/** Moves refs into the places of expired ones. */
class ShiftingDriver extends ExpiryDriver {
  override async getRefs(
    ...[scope, ids, visibility]: Parameters<DelegatingDriver['getRefs']>
  ): ReturnType<DelegatingDriver['getRefs']> {
    const found = await super.getRefs(scope, ids, visibility)
    const all = await super.getRefs(scope, ids, 'all')
    const left = found.filter((ref, place) => ref !== undefined || all[place] === undefined)
    return ids.map((_, place) => left[place])
  }
}

/** Replaces content together with its expiry. */
class ReplacingDriver extends ExpiryDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const stored = await this.equal(artifact)
    const isSame = stored?.expiresAt?.getTime() === artifact.ref.expiresAt?.getTime()
    if (stored !== undefined && !isSame) await this.artifacts.delete(stored)
    return super.put(artifact)
  }
}

/** Removes expired content and puts it again in two steps. */
class TwoStepDriver extends ExpiryDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const stored = await this.equal(artifact)
    if (stored !== undefined && (await this.hasExpired(stored))) {
      await setTimeout(LATE_MS)
      await this.artifacts.delete(stored)
    }
    return super.put(artifact)
  }
}

/** Takes the short id from other content that has expired. */
class EvictingDriver extends ExpiryDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const [holder] = await this.artifacts.getRefs(artifact.ref.scope, [artifact.shortId], 'all')
    if (holder !== undefined && (await this.hasExpired(holder))) {
      await this.artifacts.delete(holder)
    }
    return super.put(artifact)
  }
}

class ReadingDriver extends ExpiryDriver {
  override get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    return super.get(key, 'all')
  }
}

class RefDriver extends ExpiryDriver {
  override async getRef({ scope, id }: ArtifactKey): Promise<ArtifactRef | undefined> {
    return (await this.artifacts.getRefs(scope, [id], 'all')).at(0)
  }
}

class RefsDriver extends ExpiryDriver {
  override getRefs(
    scope: ArtifactKey['scope'],
    ids: readonly string[],
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    return super.getRefs(scope, ids, 'all')
  }
}

class ListingDriver extends ExpiryDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, visibility: 'all' })
  }
}

/** Leaves expired artifacts out of a page that counted them. */
class ShortPagesDriver extends ExpiryDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const refs = await super.listPage({ ...page, visibility: 'all' })
    if (page.visibility === 'all') return refs
    const visible: ArtifactRef[] = []
    for (const ref of refs) if (!(await this.hasExpired(ref))) visible.push(ref)
    return visible
  }
}

class HidingDriver extends ExpiryDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, visibility: 'unexpired' })
  }
}

/** Does not delete what has expired. */
class BlindDeletionDriver extends ExpiryDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    return (await this.artifacts.getRef(key)) !== undefined && super.delete(key)
  }
}

/** Does not count what has expired. */
class BlindCountDriver extends ExpiryDriver {
  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    const { tenantId, userId, sessionId } = subtree
    const { length } = await this.all({ tenantId, userId, sessionId })
    await super.deleteAll(subtree)
    return length
  }
}

class BlindDirectoryDriver extends ExpiryDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    const owners = await super.directoryPage(page)
    const visible: Required<RunIdentity>[] = []
    for (const owner of owners) {
      const { tenantId, userId } = owner
      if ((await this.all({ tenantId, userId })).length > 0) visible.push(owner)
    }
    return visible
  }
}

/** Tells the time by a clock that a program may have put in place. */
class OwnClockDriver extends ExpiryDriver {
  override async get(
    key: ArtifactKey,
    visibility?: Visibility,
  ): Promise<ArtifactContent | undefined> {
    const [ref] = await this.artifacts.getRefs(key.scope, [key.id], 'all')
    const isHidden = ref?.expiresAt !== undefined && ref.expiresAt.getTime() <= Date.now()
    return isHidden && visibility !== 'all' ? undefined : super.get(key, 'all')
  }
}

/** Expires by the second. */
class CoarseDriver extends ExpiryDriver {
  override put({ ref, ...artifact }: NewArtifact): Promise<ArtifactRef> {
    const { expiresAt } = ref
    const coarse = expiresAt && new Date(Math.ceil(expiresAt.getTime() / 1_000) * 1_000)
    return super.put({ ...artifact, ref: { ...ref, expiresAt: coarse } })
  }
}

export const expiryFaults: readonly BrokenStore[] = [
  brokenDriver('A13', 'keeps the expiry with which content was first put', LastingExpiryDriver),
  brokenDriver('A13', 'forgets when an artifact expires', ForgetfulDriver),
  brokenDriver('A13', 'gives expired content its old metadata', RevivingDriver),
  brokenDriver('A13', 'moves refs into the places of expired ones', ShiftingDriver),
  brokenDriver('A13', 'replaces content together with its expiry', ReplacingDriver),
  brokenDriver('A13', 'replaces expired content in two steps', TwoStepDriver),
  brokenDriver('A13', 'takes the id of what has expired', EvictingDriver),
  brokenDriver('A13', 'reads what has expired', ReadingDriver),
  brokenDriver('A13', 'finds the ref of what has expired', RefDriver),
  brokenDriver('A13', 'finds the refs of what has expired', RefsDriver),
  brokenDriver('A13', 'lists what has expired', ListingDriver),
  brokenDriver('A13', 'ends a list early where artifacts have expired', ShortPagesDriver),
  brokenDriver('A13', 'never lists what has expired', HidingDriver),
  brokenDriver('A13', 'does not delete what has expired', BlindDeletionDriver),
  brokenDriver('A13', 'does not count what has expired', BlindCountDriver),
  brokenDriver('A13', 'leaves out who has only what has expired', BlindDirectoryDriver),
  brokenDriver('A13', 'tells the time of the process instead of the database', OwnClockDriver),
  brokenDriver('A13', 'expires by the second', CoarseDriver),
  brokenStore('A13', 'takes any expiry', UncheckedStore),
]
