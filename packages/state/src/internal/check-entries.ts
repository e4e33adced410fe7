import { HarborageError, type RunIdentity } from '@harborage/core'
import { describeType } from '@harborage/core/kit'
import type { Slot } from '../state-record.ts'
import { checkCarriedIdentity } from './check-record.ts'

/** An entry of a list with a checked identity; its other fields are not checked yet. */
export interface Identified<Entry> {
  readonly identity: Required<RunIdentity>
  readonly entry: Entry
}

/** The size of an argument that is an array, and what to do about a wrong one. */
export interface EntryRules {
  readonly maxEntries: number
  /** The advice in the message for too many entries. */
  readonly tooMany: string
  /** The advice in the message for another type. Default: to pass an array. */
  readonly noArray?: string
}

/** Checks that an argument is an array, and returns a copy. */
export function readEntries<Entry>(
  field: string,
  list: readonly Entry[] | undefined,
  { maxEntries, tooMany, noArray = 'pass an array' }: EntryRules,
): readonly Entry[] {
  const isList: boolean = Array.isArray(list)
  if (list === undefined || !isList) {
    throw new HarborageError('invalid_record', `${field} is ${describeType(list)}: ${noArray}`)
  }
  const entries: Entry[] = []
  // Iterates, since map would skip the holes of a sparse array, and `length` may be forged.
  for (const entry of list) {
    if (entries.push(entry) > maxEntries) {
      throw new HarborageError(
        'invalid_record',
        `${field} has more than ${maxEntries} entries: ${tooMany}`,
      )
    }
  }
  return entries
}

/** Checks the identities of all entries, before anything else of them is checked. */
export function withIdentities<Entry extends Slot>(
  field: string,
  entries: readonly Entry[],
): Identified<Entry>[] {
  return entries.map((entry, index) => ({
    identity: checkCarriedIdentity(`${field}[${index}]`, entry),
    entry,
  }))
}

/**
 * Rejects entries of several tenants.
 *
 * @param call What to use once for each tenant, in the error message.
 */
export function refuseSecondTenant(entries: readonly Identified<unknown>[], call: string): void {
  const tenant = entries[0]?.identity.tenantId
  if (entries.some(({ identity }) => identity.tenantId !== tenant)) {
    throw new HarborageError(
      'invalid_record',
      `the entries are of more than one tenant: use one ${call} per tenant`,
    )
  }
}
