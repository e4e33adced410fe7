import { type ErrorEntry, HarborageError, type Owner, type RunIdentity } from '@harborage/core'
import { checkOwner, describeType, withEntry } from '@harborage/core/kit'
import { carriedIdentity } from './check-record.ts'

/** An entry of a list with a checked identity; its other fields are not checked yet. */
export interface Identified<Entry> {
  readonly identity: Required<RunIdentity>
  readonly entry: Entry
  /** The name of its list and its index there. */
  readonly list: string
  readonly index: number
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
export function withIdentities<Entry extends { readonly identity: Owner }>(
  list: string,
  entries: readonly Entry[],
): Identified<Entry>[] {
  // Entries mostly share their identity, which is then checked and copied once.
  let passed: Owner | undefined
  let checked: Required<RunIdentity> | undefined
  return entries.map((entry, index) => {
    const identity = inEntry({ list, index }, () => {
      const carried = carriedIdentity(`${list}[${index}]`, entry)
      if (checked === undefined || carried !== passed) checked = checkOwner(carried)
      passed = carried
      return checked
    })
    return { identity, entry, list, index }
  })
}

/** Checks each entry. What the check throws names the entry. */
export function checkEntries<Entry, Checked>(
  entries: readonly Identified<Entry>[],
  check: (entry: Identified<Entry>) => Checked,
): Checked[] {
  return entries.map((entry) => inEntry(entry, () => check(entry)))
}

function inEntry<Checked>({ list, index }: ErrorEntry, check: () => Checked): Checked {
  try {
    return check()
  } catch (error) {
    throw withEntry(error, { list, index })
  }
}

/**
 * Rejects entries of several tenants.
 *
 * @param call What to use once for each tenant, in the error message.
 */
export function refuseSecondTenant(entries: readonly Identified<unknown>[], call: string): void {
  const tenant = entries[0]?.identity.tenantId
  const other = entries.find(({ identity }) => identity.tenantId !== tenant)
  if (other === undefined) return
  const { list, index } = other
  throw new HarborageError(
    'invalid_record',
    `the entries are of more than one tenant: use one ${call} per tenant`,
    { entry: { list, index } },
  )
}
