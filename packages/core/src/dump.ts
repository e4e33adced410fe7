import type { PageOptions } from './call-options.ts'
import type { Subtree } from './subtree.ts'

/** Options of the calls that dump what a store holds. */
export interface DumpOptions<Place> extends PageOptions {
  /**
   * What to dump. Made by `allOfRun`, `allOfSession`, `allOfUser` or `allOfTenant`. Default: all
   * that the store holds.
   */
  readonly within?: Subtree
  /**
   * The record after which the dump begins, or what names it. It need not be there any more.
   * Default: the dump begins with the first record.
   */
  readonly after?: Place
}

/** What a call that loads records of a dump did with them. */
export interface LoadedDump {
  /** The number of records that were not there, and are now. */
  readonly loaded: number
  /** The number of records that were there already, with the same content. */
  readonly unchanged: number
}
