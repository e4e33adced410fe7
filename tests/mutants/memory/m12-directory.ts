import { allOfUser, HarborageError, type Identity, type RunIdentity } from '@harborage/core'
import { directoryOf, type DirectoryPage } from '@harborage/core/kit'
import { MemoryStore } from '@harborage/memory'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

type Owner = Required<RunIdentity>

/** Takes the conversation of a session for that of a run. */
class SessionAsRunDriver extends DelegatingDriver {
  override async directoryPage(page: DirectoryPage): Promise<readonly Owner[]> {
    const all = { ...page, after: undefined, limit: 1e6 }
    const runs = await super.directoryPage({ ...all, level: 'run' })
    const sessions = await super.directoryPage({ ...all, level: 'session' })
    return directoryOf([...runs, ...sessions.map((each) => ({ ...each, runId: 'none' }))], page)
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

/** Yields what it has found once, also after it was deleted. */
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
class CredulousStore extends MemoryStore {
  override sessions(...[subtree, options]: Parameters<MemoryStore['sessions']>) {
    try {
      return super.sessions(subtree, options)
    } catch {
      return super.sessions(allOfUser({ tenantId: 'acme', userId: 'ann' }), options)
    }
  }
}

/** Rejects an identity with a run, and publishes nothing. */
class QuietStore extends MemoryStore {
  override runs(...args: Parameters<MemoryStore['runs']>) {
    if ('runId' in args[0]) throw new HarborageError('invalid_identity', 'leave out the run')
    return super.runs(...args)
  }
}

/** Yields sessions with a run. */
class WithRunStore extends MemoryStore {
  override async *sessions(...args: Parameters<MemoryStore['sessions']>): AsyncGenerator<Identity> {
    for await (const session of super.sessions(...args)) {
      const withRun = { ...session, runId: '' }
      yield withRun
    }
  }
}

export const directoryFaults: readonly BrokenStore[] = [
  brokenDriver('takes the conversation of a session for that of a run', SessionAsRunDriver),
  brokenDriver('walks the sessions of any user', AnyUserDriver),
  brokenDriver('walks the users of any tenant', AnyTenantDriver),
  brokenDriver('walks the runs of any session', AnySessionDriver),
  brokenDriver('walks in the order of UTF-16', Utf16OrderDriver),
  brokenDriver('yields an owner twice', RepeatingDriver),
  brokenDriver('finds nothing after the first page', FirstPageDriver),
  brokenDriver('walks what was deleted', RememberingDriver),
  brokenStore('takes anything for a subtree of a walk', CredulousStore),
  brokenStore('rejects an identity of a walk and publishes nothing', QuietStore),
  brokenStore('yields sessions that are no sessions', WithRunStore),
]
