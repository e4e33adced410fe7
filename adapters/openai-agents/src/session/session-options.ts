import { HarborageError, type Part } from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { checkNames, checkStore } from '../check-options.ts'
import type { UserOption } from '../owner.ts'

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

/** Checks the options, but for the owner and the id. */
export function checkSessionOptions(options: HarborageSessionOptions): HarborageSessionOptions {
  checkNames(options, ['journal', 'owner', 'sessionId', 'guard'])
  checkStore('journal', options.journal, 'replaceAfter', 'openJournalStore')
  if (options.guard === undefined || typeof options.guard === 'function') return options
  throw new HarborageError('invalid_config', 'guard is no function: pass one, or leave it out')
}
