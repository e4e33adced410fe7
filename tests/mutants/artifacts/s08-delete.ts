import type {
  ArtifactKey,
  ArtifactRef,
  InMemoryArtifactDriver,
  NewArtifact,
} from '@harborage/artifacts'
import { HarborageError, type Identity, type Subtree } from '@harborage/core'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'

/** Counts only the first deleted artifacts. */
class TiredDriver extends DelegatingDriver {
  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    return Math.min(await super.deleteAll(subtree), 20)
  }
}

class AlwaysTrueDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    await super.delete(key)
    return true
  }
}

/** Deletes the artifacts of the session whose content has the same beginning. */
class ThoroughDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    const digits = key.id.slice(-12)
    const { taskId: _, ...session } = key.scope
    for (const ref of await this.all(session)) {
      if (ref.id !== key.id && ref.id.endsWith(digits)) await super.delete(ref)
    }
    return super.delete(key)
  }
}

/** Reads before it deletes, without a transaction. */
class LookThenDeleteDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    const held = await this.getRef(key)
    await turns(1)
    await super.delete(key)
    return held !== undefined
  }

  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    const { tenantId, userId, sessionId } = subtree
    const refs = await this.all({ tenantId, userId, sessionId })
    await turns(1)
    await super.deleteAll(subtree)
    return refs.length
  }
}

/** Deletes artifacts one by one, without a transaction. */
class OneAfterTheOtherDriver extends DelegatingDriver {
  override async deleteAll({ tenantId, userId, sessionId }: Subtree<'session'>): Promise<number> {
    const refs = await this.all({ tenantId, userId, sessionId })
    await turns(3)
    let count = 0
    for (const ref of refs) if (await this.delete(ref)) count += 1
    return count
  }
}

/** Deletes only artifacts without a task. */
class TaskShyDriver extends DelegatingDriver {
  override async deleteAll({ tenantId, userId, sessionId }: Subtree<'session'>): Promise<number> {
    const refs = await this.all({ tenantId, userId, sessionId, taskId: '' })
    for (const ref of refs) await this.delete(ref)
    return refs.length
  }
}

/** Deletes the whole tenant. */
class TenantWideDriver extends DelegatingDriver {
  override async deleteAll({ tenantId }: Subtree<'session'>): Promise<number> {
    const refs = await this.all({ tenantId })
    for (const ref of refs) await this.delete(ref)
    return refs.length
  }
}

const ended = new WeakMap<InMemoryArtifactDriver, Set<string>>()

/** Rejects puts during and after the deletion of a session. */
class EndingDriver extends DelegatingDriver {
  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    if (this.#ended().has(sessionOf(artifact.ref.scope))) {
      throw new HarborageError('store_unavailable', 'the session has ended')
    }
    return super.put(artifact)
  }

  override async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    this.#ended().add(sessionOf(subtree))
    return super.deleteAll(subtree)
  }

  #ended(): Set<string> {
    const sessions = ended.get(this.artifacts) ?? new Set<string>()
    ended.set(this.artifacts, sessions)
    return sessions
  }
}

function sessionOf({ tenantId, userId, sessionId }: Identity): string {
  return JSON.stringify([tenantId, userId, sessionId])
}

/** Repeats a delete, and lets other calls run in between. */
class RepeatingDriver extends DelegatingDriver {
  override async delete(key: ArtifactKey): Promise<boolean> {
    const isThere = await super.delete(key)
    await turns(3)
    await super.delete(key)
    return isThere
  }
}

/** Answers a put from its cache, which ignores the deletes of other stores. */
class PutCachingDriver extends DelegatingDriver {
  readonly #cache = new Map<string, ArtifactRef>()

  override async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const { scope, namespace } = artifact.ref
    const key = JSON.stringify([Object.values(scope), namespace, artifact.fullId])
    const ref = this.#cache.get(key) ?? (await super.put(artifact))
    this.#cache.set(key, ref)
    return ref
  }

  override delete(key: ArtifactKey): Promise<boolean> {
    this.#cache.clear()
    return super.delete(key)
  }

  override deleteAll(subtree: Subtree<'session'>): Promise<number> {
    this.#cache.clear()
    return super.deleteAll(subtree)
  }
}

export const deleteFaults: readonly BrokenStore[] = [
  brokenDriver('S8', 'counts only the first deleted artifacts', TiredDriver),
  brokenDriver('S8', 'always finds something to delete', AlwaysTrueDriver),
  brokenDriver('S8', 'deletes artifacts with a similar content', ThoroughDriver),
  brokenDriver('S8', 'reads before it deletes, without a transaction', LookThenDeleteDriver),
  brokenDriver('S8', 'deletes the artifacts of a session one by one', OneAfterTheOtherDriver),
  brokenDriver('S8', 'deletes only artifacts without a task', TaskShyDriver),
  brokenDriver('S8', 'deletes the sessions of the whole tenant', TenantWideDriver),
  brokenDriver('S8', 'deletes twice before it answers', RepeatingDriver),
  brokenDriver('S8', 'caches artifacts that another store deletes', PutCachingDriver),
  brokenDriver('S8', 'rejects puts into a deleted session', EndingDriver),
]
