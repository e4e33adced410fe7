import { HarborageError } from '@harborage/core'

/**
 * Rejects options that are missing, and those that would be ignored.
 *
 * @param names The names that the options may have.
 * @throws `identity_required` if there are none at all, since they name the owner; `invalid_config`
 * if one has another name.
 */
export function checkNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new HarborageError(
      'identity_required',
      `the options are missing: pass an object with ${names.join(', ')}`,
    )
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new HarborageError(
    'invalid_config',
    `there is no option ${JSON.stringify(unknown)}: there are ${names.join(', ')}`,
  )
}

/**
 * Checks a store that an option has to be.
 *
 * @param method A method that only such a store has.
 * @throws `invalid_config`
 */
export function checkStore(name: string, store: unknown, method: string, opener: string): void {
  if (typeof store === 'object' && store !== null && method in store) return
  throw new HarborageError(
    'invalid_config',
    `${name} is no open store: pass what ${opener}() resolved to`,
  )
}
