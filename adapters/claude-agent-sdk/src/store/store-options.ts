import { checkOpenStore, OptionNames, type UserOption } from '@harborage/core/adapter'
import type { JournalStore } from '@harborage/journal'
import type { StateStore } from '@harborage/state'

/** The options of `new HarborageSessionStore`. */
export interface HarborageSessionStoreOptions {
  /** An open journal, which stays open. It keeps the transcripts. */
  readonly journal: JournalStore
  /** An open state store on the same database, which stays open. It keeps the summaries. */
  readonly state: StateStore
  /** The user whose sessions they are, or a function that returns the user of a call. */
  readonly owner: UserOption
}

const names = new OptionNames('a HarborageSessionStore', ['journal', 'state', 'owner'])

/**
 * Checks the options, but for the owner.
 *
 * @throws `identity_required` if there are none; `invalid_config`
 */
export function checkStoreOptions(
  given: HarborageSessionStoreOptions,
): HarborageSessionStoreOptions {
  const options = names.read(given)
  checkOpenStore('journal', options.journal, 'replaceAfter', 'openJournalStore')
  checkOpenStore('state', options.state, 'lease', 'openStateStore')
  return options
}
