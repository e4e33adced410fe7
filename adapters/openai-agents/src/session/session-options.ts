import type { Part } from '@harborage/core'
import {
  checkOpenStore,
  invalidOption,
  OptionNames,
  type UserOption,
} from '@harborage/core/adapter'
import type { JournalStore } from '@harborage/journal'

/**
 * Returns a condition that each write of a session has to meet, as a part of the same step, such as
 * `RunClaim.guard`. It is called once for each write.
 */
export type SessionGuard = () => Part<unknown>

/** The options of `new HarborageSession`. */
export interface HarborageSessionOptions {
  /** An open journal, which stays open. */
  readonly journal: JournalStore
  /** The user whose session it is, or a function that returns the user of a call. */
  readonly owner: UserOption
  /** The id of the session, any text. Default: a new random one. */
  readonly sessionId?: string
  /**
   * What every write has to meet. Its store has to be on the database of the journal. Default:
   * nothing.
   */
  readonly guard?: SessionGuard
}

const sessionNames = new OptionNames('a HarborageSession', [
  'journal',
  'owner',
  'sessionId',
  'guard',
])

/** Checks the options, but for the owner and the id. */
export function checkSessionOptions(given: HarborageSessionOptions): HarborageSessionOptions {
  const options = sessionNames.read(given)
  checkOpenStore('journal', options.journal, 'replaceAfter', 'openJournalStore')
  if (options.guard === undefined || typeof options.guard === 'function') return options
  throw invalidOption('guard is no function: pass one, or leave it out')
}
