import { HarborageError } from '@harborage/core'

/** The options of a state store that its driver takes. */
export interface StateDriverOptions {
  /**
   * `false` keeps no order for `listKind`, which then fails with `kind_index_off`: each save that
   * fills a slot writes less, and the database is smaller. A database keeps to what its first
   * opening says, and `true` or `false` is refused where it differs. Default: what the database
   * has. A new database gets the order.
   */
  readonly kindIndex?: boolean
}

/** Returns the error of `listKind` for a store that keeps no order of kinds. */
export function kindIndexOff(): HarborageError {
  return new HarborageError(
    'kind_index_off',
    'the database was first opened with kindIndex: false, and keeps no order of kinds across identities: list the records of one run, or copy them to a database with the order',
  )
}
