import {
  checkOpenStore,
  invalidOption,
  OptionNames,
  type TenantOption,
} from '@harborage/core/adapter'
import type { JournalStore } from '@harborage/journal'
import type { MemoryStore } from '@harborage/memory'
import type { StateStore } from '@harborage/state'

/** The options of `new HarborageSessionService`. */
export interface HarborageSessionServiceOptions {
  /** An open state store, which stays open. */
  readonly state: StateStore
  /** An open journal on the database of the state store, which stays open. */
  readonly journal: JournalStore
  /** The tenant whose sessions they are, or a function that returns the tenant of a call. */
  readonly tenant: TenantOption
  /**
   * The memory store of a `HarborageMemoryService`, which stays open. With it, `deleteSession` also
   * deletes what is remembered of the session. Default: memories outlive their session, as ADK's
   * do.
   */
  readonly memory?: MemoryStore
  /**
   * What `appendEvent` does with a session object that others have changed the session of since.
   * `'refuse'` fails with `condition_failed` and changes nothing. `'refresh'` loads the session
   * into the object, and then appends. Default: `'refuse'`.
   */
  readonly staleSession?: 'refuse' | 'refresh'
}

const serviceNames = new OptionNames('a HarborageSessionService', [
  ...['state', 'journal', 'memory', 'tenant', 'staleSession'],
])

/** Checks the options, but for the tenant. */
export function checkSessionOptions(
  given: HarborageSessionServiceOptions,
): HarborageSessionServiceOptions {
  const options = serviceNames.read(given)
  checkOpenStore('state', options.state, 'loadMany', 'openStateStore')
  checkOpenStore('journal', options.journal, 'replaceAfter', 'openJournalStore')
  const { memory, staleSession } = options
  if (memory !== undefined) checkOpenStore('memory', memory, 'passages', 'openMemoryStore')
  if (staleSession === undefined || staleSession === 'refuse' || staleSession === 'refresh') {
    return options
  }
  throw invalidOption(`staleSession is neither 'refuse' nor 'refresh'`)
}
