import {
  allOfUser,
  type Identity,
  type PageOptions,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import { directoryOf, type DirectoryPage } from '@harborage/core/kit'
import { StateStore } from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

type Owner = Required<RunIdentity>

const EVERYTHING = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }

/** Changes the owners that it finds pages of. */
abstract class ChangingDriver extends DelegatingDriver {
  protected abstract change(owner: Owner): Owner

  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const records = await this.records.listKindPage(EVERYTHING)
    return directoryOf(
      records.map(({ identity }) => this.change(identity)),
      page,
    )
  }
}

/** Takes what belongs to a user or a tenant for a session. */
class WideOwnersDriver extends ChangingDriver {
  protected override change(owner: Owner): Owner {
    return { ...owner, sessionId: owner.sessionId || 'none' }
  }
}

/** Takes what belongs to a session for a run. */
class SessionAsRunDriver extends ChangingDriver {
  protected override change(owner: Owner): Owner {
    return { ...owner, runId: owner.runId || 'none' }
  }
}

/** Does not find users without a session. */
class SessionsOnlyDriver extends ChangingDriver {
  protected override change(owner: Owner): Owner {
    return owner.sessionId === '' ? { ...owner, tenantId: '', userId: '' } : owner
  }
}

/** Compares names without case. */
class CaselessDriver extends DelegatingDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const records = await this.records.listKindPage(EVERYTHING)
    const lower = (owner: Owner): Owner => ({
      tenantId: owner.tenantId.toLowerCase(),
      userId: owner.userId.toLowerCase(),
      sessionId: owner.sessionId.toLowerCase(),
      runId: owner.runId.toLowerCase(),
    })
    const owners = records.map(({ identity }) => lower(identity))
    const after = page.after && lower(page.after)
    return directoryOf(owners, { ...page, within: lower(page.within), after })
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

class AnySessionDriver extends WideningDriver {
  protected override readonly widened = { sessionId: '' }
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
class CredulousStore extends StateStore {
  override sessions(subtree: Subtree<'user' | 'tenant'>, options?: PageOptions) {
    try {
      return super.sessions(subtree, options)
    } catch {
      return super.sessions(allOfUser({ tenantId: 'acme', userId: 'ann' }), options)
    }
  }
}

/** Ignores the signal of a walk. */
class DeafStore extends StateStore {
  override users(subtree: Subtree<'tenant'>, options?: PageOptions) {
    const { signal: _, ...others } = options ?? {}
    return super.users(subtree, others)
  }
}

/** Yields sessions with a run. */
class WithRunStore extends StateStore {
  override async *sessions(
    subtree: Subtree<'user' | 'tenant'>,
    options?: PageOptions,
  ): AsyncGenerator<Identity> {
    for await (const session of super.sessions(subtree, options)) {
      const withRun = { ...session, runId: '' }
      yield withRun
    }
  }
}

export const directoryFaults: readonly BrokenStore[] = [
  brokenDriver('S16', 'takes what belongs to a user for a session', WideOwnersDriver),
  brokenDriver('S16', 'takes what belongs to a session for a run', SessionAsRunDriver),
  brokenDriver('S16', 'does not find users without a session', SessionsOnlyDriver),
  brokenDriver('S16', 'compares names without case in its walks', CaselessDriver),
  brokenDriver('S16', 'walks the sessions of any user', AnyUserDriver),
  brokenDriver('S16', 'walks the users of any tenant', AnyTenantDriver),
  brokenDriver('S16', 'walks the runs of any session', AnySessionDriver),
  brokenDriver('S16', 'walks in the order of UTF-16', Utf16OrderDriver),
  brokenDriver('S16', 'yields an owner twice', RepeatingDriver),
  brokenDriver('S16', 'finds nothing after the first page', FirstPageDriver),
  brokenDriver('S16', 'remembers what was deleted', RememberingDriver),
  brokenStore('S16', 'takes anything for a subtree', CredulousStore),
  brokenStore('S16', 'ignores the signal of a walk', DeafStore),
  brokenStore('S16', 'yields sessions that are no sessions', WithRunStore),
]
