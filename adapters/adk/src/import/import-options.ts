import type { BaseSessionService } from '@google/adk'
import {
  checkOpenStore,
  describeArgument,
  invalidOption,
  OptionNames,
  type Tenant,
} from '@harborage/core/adapter'
import type { JournalStore } from '@harborage/journal'
import type { StateStore } from '@harborage/state'

/** How far an import is. */
export interface ImportProgress {
  /** The number of sessions that were looked at. */
  readonly sessions: number
  /** The number of sessions that there are to look at. */
  readonly total: number
  /** The number of sessions that were imported. */
  readonly imported: number
  /** The number of events of these. */
  readonly events: number
}

/** The options of `importSessions`. */
export interface ImportSessionsOptions {
  /** A service of ADK, such as its `DatabaseSessionService`. It is only read. */
  readonly from: BaseSessionService
  /** An open state store, which stays open. */
  readonly state: StateStore
  /** An open journal on the database of the state store, which stays open. */
  readonly journal: JournalStore
  /** The tenant to whom the sessions will belong. */
  readonly tenant: Tenant
  /** The application whose sessions are imported. */
  readonly appName: string
  /** The user whose sessions are imported. Default: all users of the application. */
  readonly userId?: string
  /** Is called after each session, and waited for. Default: nothing. */
  readonly onProgress?: (progress: ImportProgress) => void | Promise<void>
  /** Ends the import before the next session once it is aborted. Default: none. */
  readonly signal?: AbortSignal
}

const importNames = new OptionNames('importSessions', [
  ...['from', 'state', 'journal', 'tenant', 'appName', 'userId', 'onProgress', 'signal'],
])

/** Checks the options, but for the tenant and the names. */
export function checkImportOptions(given: ImportSessionsOptions): ImportSessionsOptions {
  const options = importNames.read(given)
  const { state, journal, from, onProgress }: { [Name in keyof ImportSessionsOptions]: unknown } =
    options
  checkOpenStore('state', state, 'loadMany', 'openStateStore')
  checkOpenStore('journal', journal, 'replaceAfter', 'openJournalStore')
  if (typeof from !== 'object' || from === null || !('listSessions' in from)) {
    throw invalidOption(`from is ${describeArgument(from)}: pass a session service of ADK`)
  }
  if (onProgress === undefined || typeof onProgress === 'function') return options
  throw invalidOption('onProgress is no function: pass one, or leave it out')
}
