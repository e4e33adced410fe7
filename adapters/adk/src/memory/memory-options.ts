import {
  checkOpenStore,
  invalidOption,
  OptionNames,
  type TenantOption,
} from '@harborage/core/adapter'
import type { MemoryStore } from '@harborage/memory'

/** The options of `new HarborageMemoryService`. */
export interface HarborageMemoryServiceOptions {
  /** An open memory store of any strategy, which stays open. */
  readonly memory: MemoryStore
  /** The tenant whose sessions they are, or a function that returns the tenant of a call. */
  readonly tenant: TenantOption
  /** The largest number of memories that a search returns: 1 to 100. Default: 20. */
  readonly limit?: number
}

/** The largest number of memories of a search by default. */
export const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

const serviceNames = new OptionNames('a HarborageMemoryService', ['memory', 'tenant', 'limit'])

/** Checks the options, but for the tenant. */
export function checkMemoryOptions(
  given: HarborageMemoryServiceOptions,
): HarborageMemoryServiceOptions {
  const options = serviceNames.read(given)
  checkOpenStore('memory', options.memory, 'passages', 'openMemoryStore')
  const limit: unknown = options.limit ?? DEFAULT_LIMIT
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) {
    return options
  }
  throw invalidOption(`limit is no whole number from 1 to ${MAX_LIMIT}`)
}
