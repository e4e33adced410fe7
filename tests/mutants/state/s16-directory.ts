import {
  allOfUser,
  type Identity,
  type PageOptions,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import { directoryOf, type DirectoryPage } from '@harborage/core/kit'
import { StateStore } from '@harborage/state'
import { brokenDirectories, type DirectoryFault } from '../broken-directories.ts'
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

/** Returns a driver that finds pages with a fault. */
function finding(broken: DirectoryFault['broken']): typeof DelegatingDriver {
  return class extends DelegatingDriver {
    readonly #find = broken((page) => super.directoryPage(page))

    override directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
      return this.#find(page)
    }
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
  ...brokenDirectories.map(({ fault, broken }) => brokenDriver('S16', fault, finding(broken))),
  brokenStore('S16', 'takes anything for a subtree', CredulousStore),
  brokenStore('S16', 'ignores the signal of a walk', DeafStore),
  brokenStore('S16', 'yields sessions that are no sessions', WithRunStore),
]
