import { CommandFailure } from '../command-failure.ts'
import type { Outcome } from '../exit-codes.ts'
import { printable } from '../output/printable.ts'
import type { OpenProfile } from './open-profile.ts'

/**
 * Checks that each place of a profile has tables of a store. A file or schema that is misspelled
 * has none, and is no empty place.
 *
 * @param which What the profile is called in the message.
 * @throws CommandFailure if a place has none.
 */
export function requireTables(which: string, { places }: OpenProfile, outcome: Outcome): void {
  const bare = places.find(({ stores }) => Object.keys(stores).length === 0)
  if (bare === undefined) return
  throw new CommandFailure(
    outcome,
    `${which} has no tables in ${printable(bare.place.label)}: correct its DSN and schema, or make the tables with harborage migrate`,
  )
}
