import { allOfUser, HarborageError, type Identity, type RunIdentity } from '@harborage/core'
import { directoryOf, type DirectoryPage } from '@harborage/core/kit'
import { MemoryStore } from '@harborage/memory'
import { brokenDirectories, type DirectoryFault } from '../broken-directories.ts'
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
  ...brokenDirectories.map(({ fault, broken }) => brokenDriver(fault, finding(broken))),
  brokenStore('takes anything for a subtree of a walk', CredulousStore),
  brokenStore('rejects an identity of a walk and publishes nothing', QuietStore),
  brokenStore('yields sessions that are no sessions', WithRunStore),
]
