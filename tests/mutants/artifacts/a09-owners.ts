import {
  ArtifactStore,
  type ArtifactContent,
  type ArtifactFilter,
  type ArtifactKey,
  type ArtifactListOptions,
  type ArtifactRef,
  type ArtifactScope,
  type PutOptions,
} from '@harborage/artifacts'
import type { CallOptions } from '@harborage/core'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

type Scope = Required<ArtifactScope>

/** Keeps what belongs to a user in a session of the user. */
class InSessionDriver extends RenamingDriver {
  protected override renameScope(scope: Scope): Scope {
    const isOfUser = scope.userId !== '' && scope.sessionId === ''
    return isOfUser ? { ...scope, sessionId: 'first' } : scope
  }
}

/** Keeps what belongs to a tenant with a user of the tenant. */
class WithUserDriver extends RenamingDriver {
  protected override renameScope(scope: Scope): Scope {
    return { ...scope, userId: scope.userId || 'ann' }
  }
}

/** Compares users and tenants without case. */
class CaselessDriver extends RenamingDriver {
  protected override renameScope(scope: Scope): Scope {
    if (scope.sessionId !== '') return scope
    const { tenantId, userId } = scope
    return { ...scope, tenantId: tenantId.toLowerCase(), userId: userId.toLowerCase() }
  }
}

/** Does not find what belongs to no session. */
class SessionsOnlyDriver extends DelegatingDriver {
  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    return key.scope.sessionId === '' ? undefined : super.get(key)
  }
}

/** Keeps what belongs to no session until it is closed. */
class ForgetfulDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const ref of await this.all()) {
      if (ref.scope.sessionId === '') await this.artifacts.delete(ref)
    }
  }
}

/** Returns the parts of a scope as a plain object. */
class PlainScopesStore extends ArtifactStore {
  override async putText(scope: ArtifactScope, text: string, options?: PutOptions) {
    return plain(await super.putText(scope, text, options))
  }

  override async getRef(scope: ArtifactScope, id: string, options?: CallOptions) {
    const ref = await super.getRef(scope, id, options)
    return ref && plain(ref)
  }

  override async *list(filter: ArtifactFilter, options?: ArtifactListOptions) {
    for await (const ref of super.list(filter, options)) yield plain(ref)
  }
}

function plain(ref: ArtifactRef): ArtifactRef {
  return { ...ref, scope: { ...ref.scope } }
}

export const ownerFaults: readonly BrokenStore[] = [
  brokenDriver('A9', 'keeps the artifacts of a user in a session', InSessionDriver),
  brokenDriver('A9', 'keeps the artifacts of a tenant with a user', WithUserDriver),
  brokenDriver('A9', 'compares users and tenants without case', CaselessDriver),
  brokenDriver('A9', 'does not find the artifacts of a user', SessionsOnlyDriver),
  brokenDriver('A9', 'forgets the artifacts of users and tenants when it closes', ForgetfulDriver),
  brokenStore('A9', 'returns scopes that no method accepts', PlainScopesStore),
  brokenStore('A9', 'does not check the owner of a scope', UncheckedStore),
]
