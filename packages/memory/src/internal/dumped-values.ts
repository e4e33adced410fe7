import { HarborageError, type RunIdentity } from '@harborage/core'
import { checkRunIdentity, describeType } from '@harborage/core/kit'

/** An argument before it is checked: its fields may be anything. */
export type Unchecked<Argument> = { readonly [Field in keyof Argument]?: unknown }

/** Checks the identity of a record of a dump. */
export function checkIdentityOf(identity: unknown): Required<RunIdentity> {
  if (typeof identity === 'object' && identity !== null) {
    // Checked part by part.
    return checkRunIdentity(identity as RunIdentity)
  }
  throw new HarborageError(
    'identity_required',
    'the identity is missing: pass what dump() returned',
  )
}

/** Checks a whole number of at least 0. */
export function countOf(field: string, given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given + 0
  throw malformed(`${field} is no whole number of at least 0`)
}

/** Checks a text. */
export function textOf(field: string, given: unknown, maxBytes: number): string {
  const isSound =
    typeof given === 'string' &&
    given.length <= maxBytes &&
    given.isWellFormed() &&
    Buffer.byteLength(given) <= maxBytes
  if (isSound) return given
  throw malformed(`${field} is no well-formed text of at most ${maxBytes} bytes`)
}

/** Checks each item of a list by its index: the first malformed one ends the check. */
export function listOf<Item>(
  field: string,
  given: unknown,
  maxItems: number,
  check: (item: unknown) => Item,
): readonly Item[] {
  if (!Array.isArray(given) || given.length > maxItems) {
    throw malformed(`${field} is no array, or has more than ${maxItems} items`)
  }
  const list: readonly unknown[] = given
  return Array.from({ length: list.length }, (_, index) => check(list[index]))
}

/** Returns an object whose fields are not checked yet. */
export function fieldsOf<Argument>(what: string, given: unknown): Unchecked<Argument> {
  if (typeof given === 'object' && given !== null) return given
  throw malformed(`${what} is ${describeType(given)}`)
}

/** Returns the error of a malformed record of a dump. */
export function malformed(fault: string): HarborageError {
  return new HarborageError('invalid_record', `${fault}: pass what dump() returned`)
}
