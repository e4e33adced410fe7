import { ArtifactStore } from '@harborage/artifacts'
import { allOfUser, type PageOptions, type RunIdentity, type Subtree } from '@harborage/core'
import { directoryOf, type DirectoryPage } from '@harborage/core/kit'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

type Owner = Required<RunIdentity>

/** Changes the owners that it finds pages of. */
abstract class ChangingDriver extends DelegatingDriver {
  protected abstract change(owner: Owner): Owner

  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const owners = (await this.all()).map(({ scope }) => this.change({ ...scope, runId: '' }))
    return directoryOf(owners, this.changePage(page))
  }

  protected changePage(page: DirectoryPage): DirectoryPage {
    return page
  }
}

/** Takes what belongs to a user or a tenant for a session. */
class WideOwnersDriver extends ChangingDriver {
  protected override change(owner: Owner): Owner {
    return { ...owner, sessionId: owner.sessionId || 'none' }
  }
}

/** Does not find users without a session. */
class SessionsOnlyDriver extends ChangingDriver {
  protected override change(owner: Owner): Owner {
    return owner.sessionId === '' ? { ...owner, tenantId: '', userId: '' } : owner
  }
}

/** Compares names without case. */
class CaselessDriver extends ChangingDriver {
  protected override change({ tenantId, userId, sessionId }: Owner): Owner {
    return {
      tenantId: tenantId.toLowerCase(),
      userId: userId.toLowerCase(),
      sessionId: sessionId.toLowerCase(),
      runId: '',
    }
  }

  protected override changePage(page: DirectoryPage): DirectoryPage {
    return {
      ...page,
      within: this.change(page.within),
      after: page.after && this.change(page.after),
    }
  }
}

/** Leaves a part out of what narrows a walk. */
abstract class WideningDriver extends DelegatingDriver {
  protected abstract readonly widened: Partial<Owner>

  override directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    return super.directoryPage({ ...page, within: { ...page.within, ...this.widened } })
  }
}

class AnyUserDriver extends WideningDriver {
  protected override readonly widened = { userId: '' }
}

class AnyTenantDriver extends WideningDriver {
  protected override readonly widened = { tenantId: '' }
}

/** Orders by UTF-16 units. */
class Utf16OrderDriver extends DelegatingDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const all = await super.directoryPage({ ...page, after: undefined, limit: 1e6 })
    const textOf = (owner: Owner | undefined): string => JSON.stringify(Object.values(owner ?? {}))
    const sorted = all.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1))
    const next = sorted.findIndex((owner) => textOf(owner) === textOf(page.after)) + 1
    return sorted.slice(next, next + page.limit)
  }
}

/** Yields an owner again at the end of a page. */
class RepeatingDriver extends DelegatingDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const owners = await super.directoryPage(page)
    return [...owners, ...owners.slice(-1)]
  }
}

/** Finds nothing after the first page. */
class FirstPageDriver extends DelegatingDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    return page.after === undefined ? super.directoryPage(page) : []
  }
}

/** Remembers what it has found. */
class RememberingDriver extends DelegatingDriver {
  readonly #found = new Map<string, readonly Owner[]>()

  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const key = JSON.stringify([page.level, page.within, page.after, page.limit])
    const owners = this.#found.get(key) ?? (await super.directoryPage(page))
    if (owners.length > 0) this.#found.set(key, owners)
    return owners
  }
}

/** Takes anything for a subtree. */
class CredulousStore extends ArtifactStore {
  override sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions) {
    try {
      return super.sessions(subtree, options)
    } catch {
      return super.sessions(allOfUser({ tenantId: 'acme', userId: 'ann' }), options)
    }
  }
}

export const directoryFaults: readonly BrokenStore[] = [
  brokenDriver('A9', 'takes what belongs to a user for a session', WideOwnersDriver),
  brokenDriver('A9', 'does not find users without a session', SessionsOnlyDriver),
  brokenDriver('A9', 'compares names without case in its walks', CaselessDriver),
  brokenDriver('A9', 'walks the sessions of any user', AnyUserDriver),
  brokenDriver('A9', 'walks the users of any tenant', AnyTenantDriver),
  brokenDriver('A9', 'walks in the order of UTF-16', Utf16OrderDriver),
  brokenDriver('A9', 'yields an owner twice', RepeatingDriver),
  brokenDriver('A9', 'finds nothing after the first page', FirstPageDriver),
  brokenDriver('A9', 'remembers what was deleted', RememberingDriver),
  brokenStore('A9', 'walks for anything that is no subtree', CredulousStore),
]
